"""What goes out: the warehouse that people read, the site, the workbook and the data package."""
