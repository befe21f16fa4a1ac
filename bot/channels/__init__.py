"""In and out: each channel turns an update into a Message and shows a Reply as well as it can."""
