"""What pytest loads at start: options and collection; everything heavy is imported when needed."""
