"""HTML for residents and for anybody who checks a document."""
