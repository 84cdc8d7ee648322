"""Uploads are held in memory: a file of a patient never lies in clear in a temporary folder."""

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST = 20 * 1024 * 1024  # bytes of one file


class HeldInMemory(FileUploadHandler):
    """Keeps a file while it arrives; of one that is too big just enough for the one who refuses it to see that."""

    def new_file(self, *args: object, **options: object) -> None:
        super().new_file(*args, **options)
        self.held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.held.write(raw_data[: max(0, MOST + 1 - self.held.tell())])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = self.held.tell()
        self.held.seek(0)
        return InMemoryUploadedFile(
            self.held, self.field_name, self.file_name, self.content_type, size, self.charset, self.content_type_extra
        )
