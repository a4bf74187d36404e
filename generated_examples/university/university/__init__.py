"""Rooms, courses, timetables and enrolments."""
