"""How the entities are stored, which values are unique and how they are related."""

from pkit import register_entity, set_registry_initializer

from university import entities


def register_defaults() -> None:
    """Register the entities."""
    _register_campus()
    _register_people()
    _register_teaching()


def _register_campus() -> None:
    register_entity(
        "academic_unit",
        {
            "entity": entities.AcademicUnit,
            "collection": "academic_units",
            "unique": {"name": "name"},
            "relations": {
                "rooms": {
                    "target": "room",
                    "target_field": "academic_unit_id",
                    "many": True,
                }
            },
        },
    )
    register_entity(
        "room",
        {
            "entity": entities.Room,
            "collection": "rooms",
            "unique": {"location": ("block_number", "number")},
            "relations": {
                "academic_unit": {
                    "local_field": "academic_unit_id",
                    "target": "academic_unit",
                }
            },
        },
    )


def _register_people() -> None:
    register_entity(
        "professor",
        {
            "entity": entities.Professor,
            "collection": "professors",
            "unique": {"email": lambda professor: professor.email.lower()},
        },
    )
    register_entity(
        "student",
        {
            "entity": entities.Student,
            "collection": "students",
            "unique": {"email": lambda student: student.email.lower()},
            "relations": {
                "enrolments": {
                    "target": "enrolment",
                    "target_field": "student_id",
                    "many": True,
                },
                "schedules": {
                    "target": "schedule",
                    "through": "enrolment",
                    "source_field": "student_id",
                    "target_field": "schedule_id",
                    "many": True,
                },
            },
        },
    )


def _register_teaching() -> None:
    register_entity(
        "course",
        {
            "entity": entities.Course,
            "collection": "courses",
            "unique": {"code": "code"},
            "relations": {
                "prerequisites": {
                    "local_field": "prerequisite_ids",
                    "target": "course",
                    "many": True,
                }
            },
        },
    )
    register_entity(
        "schedule",
        {
            "entity": entities.Schedule,
            "collection": "schedules",
            "unique": {"slot": ("room_id", "year", "term", "weekday", "starts_at")},
            "relations": {
                "course": {"local_field": "course_id", "target": "course"},
                "room": {"local_field": "room_id", "target": "room"},
                "professor": {"local_field": "professor_id", "target": "professor"},
                "students": {
                    "target": "student",
                    "through": "enrolment",
                    "source_field": "schedule_id",
                    "target_field": "student_id",
                    "many": True,
                },
            },
            "views": {"timetable": ["course", "professor", "room.academic_unit"]},
        },
    )
    register_entity(
        "enrolment",
        {
            "entity": entities.Enrolment,
            "collection": "enrolments",
            "unique": {"place": ("student_id", "schedule_id")},
            "relations": {
                "student": {"local_field": "student_id", "target": "student"},
                "schedule": {"local_field": "schedule_id", "target": "schedule"},
            },
            "views": {"transcript": ["schedule.course"]},
        },
    )


set_registry_initializer(register_defaults)
