"""Line noise."""
