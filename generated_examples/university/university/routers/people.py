"""Professors and students."""

from datetime import date
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from university.entities import Professor, Rank, Student, StudentStatus
from university.ids import ProfessorId, StudentId
from university.repos.providers import ProfessorRepositoryDep, StudentRepositoryDep

router = APIRouter(tags=["people"])


class NewProfessor(BaseModel):
    """What a client says of a new professor."""

    name: str
    email: Annotated[str, Field(pattern="@")]
    rank: Rank = Rank.ASSISTANT
    birthday: date | None = None


class NewStudent(BaseModel):
    """What a client says of a new student; the number is that of the student card."""

    number: StudentId
    name: str
    email: Annotated[str, Field(pattern="@")]
    birthday: date | None = None


class StudentPage(TypedDict):
    """Some students, and where the next ones begin."""

    items: list[Student]
    next: str | None


@router.post("/professors", status_code=201)
async def add_professor(
    body: NewProfessor, professors: ProfessorRepositoryDep
) -> Professor:
    """Add a professor; 409 when the address is taken."""
    professor = Professor(
        id=ProfessorId(uuid4()),
        name=body.name,
        email=body.email,
        rank=body.rank,
        birthday=body.birthday,
    )
    await professors.add(professor)
    return professor


@router.post("/students", status_code=201)
async def add_student(body: NewStudent, students: StudentRepositoryDep) -> Student:
    """Add a student; 409 when the number or the address is taken."""
    student = Student(
        id=body.number,
        name=body.name,
        email=body.email,
        birthday=body.birthday,
    )
    await students.add(student)
    return student


@router.get("/students")
async def page_students(
    students: StudentRepositoryDep,
    status: StudentStatus = StudentStatus.ENROLLED,
    after: str | None = None,
    limit: Annotated[int, Query(gt=0, le=100)] = 20,
) -> StudentPage:
    """Return a page of students by name; `after` is the `next` of the page before."""
    page = await students.page(
        {"status": status}, sort_by="name", after=after, limit=limit
    )
    return {"items": list(page.items), "next": page.next_cursor}


@router.get("/students/by-email/{email}")
async def get_student_by_email(email: str, students: StudentRepositoryDep) -> Student:
    """Return the student of that address, however it is spelled, or 404."""
    student = await students.get_by_email(email)
    if student is None:
        raise HTTPException(404, "there is no such student")
    return student
