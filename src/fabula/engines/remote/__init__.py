"""What engines share that are servers elsewhere: addresses, requests, pictures, cancellation."""
