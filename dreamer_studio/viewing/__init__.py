"""Everything behind the window that needs no Qt: workers, what they are asked, what they answer."""
