"""A team week by week, told of as a group: attendance, load, coverage, wellness and absences."""
