"""Questions of a page to the worker: what is asked, of which net, and the answers."""
