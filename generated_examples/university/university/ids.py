"""One type of id per entity, so that no id is taken for another's."""

from typing import NewType
from uuid import UUID

AcademicUnitId = NewType("AcademicUnitId", UUID)
RoomId = NewType("RoomId", UUID)
ProfessorId = NewType("ProfessorId", UUID)
CourseId = NewType("CourseId", UUID)
StudentId = NewType("StudentId", int)
ScheduleId = NewType("ScheduleId", UUID)
EnrolmentId = NewType("EnrolmentId", UUID)
