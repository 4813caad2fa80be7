"""Draws places, light, weather and painting styles with numpy and Pillow."""
