"""Images that are more than a file."""

from __future__ import annotations

from .kind import Kind, Value

_PICTURE = '"photo.png"'
_FILE = f"File.of({_PICTURE})"
_ANNOTATED = f"AnnotatedImageData(image={_FILE})"

KINDS = (
    Kind(
        "annotatedimage",
        "AnnotatedImageData",
        "AnnotatedImageData",
        (Value("AnnotatedImageData", _ANNOTATED, written=False),),
        "Annotation",
        home="types.media",
        codec="_codecs.media:ANNOTATED",
        files="captioned",
        members="image",
        title="AnnotatedImage",
    ),
    Kind(
        "gallery",
        "Several[GalleryInput]",
        "list[GalleryItem]",
        (Value("GalleryInput", _PICTURE, written=False),),
        "GalleryImage GalleryItem GalleryVideo",
        home="types.media",
        codec="_codecs.media:GALLERY",
        files="captioned",
        members="image video",
        never_null=True,
    ),
    Kind(
        "imageeditor",
        "EditorInput",
        "EditorData",
        (
            Value("EditorData", f"EditorData(background={_FILE})"),
            Value("EditorInput", _PICTURE, written=False, left_out=True),
        ),
        home="types.media",
        files="captioned",
        members="background layers composite",
        title="ImageEditor",
    ),
    Kind(
        "imageslider",
        "ImagePairInput",
        "ImagePair",
        (Value("ImagePairInput", f"({_PICTURE}, {_PICTURE})", written=False),),
        "ImagePair",
        home="types.media",
        files="bare",
        title="ImageSlider",
    ),
)
