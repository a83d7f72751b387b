"""Images that are more than a file."""

from __future__ import annotations

from .kind import Kind, Value

KINDS = (
    Kind(
        names=("annotatedimage",),
        takes="AnnotatedImageData",
        gives="AnnotatedImageData",
        values=(
            Value(
                "AnnotatedImageData",
                fields=("image", "annotations"),
                example='AnnotatedImageData(image=File.of("photo.png"))',
                written=False,
            ),
            Value("Annotation", fields=("image", "label")),
        ),
        home="types.media",
        codec="_codecs.media:ANNOTATED",
        files="captioned",
        members=("image",),
        title="AnnotatedImage",
    ),
    Kind(
        names=("gallery",),
        takes="Several[GalleryInput]",
        gives="list[GalleryItem]",
        values=(
            Value("GalleryImage", fields=("image", "caption")),
            Value("GalleryInput", example='"photo.png"', written=False),
            Value("GalleryItem"),
            Value("GalleryVideo", fields=("video", "caption")),
        ),
        home="types.media",
        codec="_codecs.media:GALLERY",
        files="captioned",
        members=("image", "video"),
    ),
    Kind(
        names=("imageeditor",),
        takes="EditorInput",
        gives="EditorData",
        values=(
            Value(
                "EditorData",
                fields=("background", "layers", "composite", "id"),
                example='EditorData(background=File.of("photo.png"))',
            ),
            Value("EditorInput", example='"photo.png"', written=False, left_out=True),
        ),
        home="types.media",
        files="captioned",
        members=("background", "layers", "composite"),
        title="ImageEditor",
    ),
    Kind(
        names=("imageslider",),
        takes="ImagePairInput",
        gives="ImagePair",
        values=(
            Value("ImagePair"),
            Value(
                "ImagePairInput", example='("photo.png", "photo.png")', written=False
            ),
        ),
        home="types.media",
        files="bare",
        title="ImageSlider",
    ),
)
