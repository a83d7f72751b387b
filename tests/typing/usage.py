# mypy: ignore-errors
"""Uses of a generated module: each line marked `# wrong` is an error, no other is.

`test_usage.py` has both type checkers read it, without the first line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, assert_type

import polars
from gradio_codegen import GeneratedModule, generate
from gradio_runtime import (
    AppError,
    Call,
    Client,
    Done,
    Endpoint,
    Failed,
    File,
    Job,
    QueueFull,
    Results,
    Stream,
    Summary,
    UploadProgress,
    connect,
    duplicate,
)
from gradio_runtime.batch import OnBatch
from gradio_runtime.testing import Fake, FakeError, offline
from gradio_runtime.types import DataframeData, LabelData

from tests.golden.calculator.expected import (
    CalculatorClient,
    ClassifyOutput,
    Operation,
    PredictInput,
    classify,
    clear,
    count,
    mix,
    predict,
)


def show(progress: UploadProgress) -> None:
    assert_type(progress.sent, int)
    assert_type(progress.total, int | None)
    assert_type(progress.file, File)


def takes_function(function: Callable[[float, Operation], float]) -> None: ...


def takes_async(function: Callable[[float, Operation], Awaitable[float]]) -> None: ...


async def right() -> None:
    assert_type(predict(1, "add", 2.5), float)
    assert_type(predict(num1=1, operation="add"), float)
    assert_type(predict.submit(1, "add"), Job[float])
    assert_type(predict.submit(1, "add").result(), float)
    assert_type(await predict.aio(1, "add"), float)
    assert_type(await predict.submit(1, "add"), float)
    assert_type(predict.call(1, "add"), Call[float])
    assert_type(predict.with_options(timeout=3)(1, "add"), float)
    assert_type(predict.with_options(local_files=False).submit(1, "add"), Job[float])
    half = partial(predict, 1)
    assert_type(half("add"), float)
    takes_function(predict)
    takes_function(predict.__call__)
    takes_async(predict.aio)
    takes_async(CalculatorClient().predict.aio)
    assert_type(classify.with_options(upload_progress=show)(b"png"), ClassifyOutput)
    way: Operation = "divide"
    assert_type(predict(1, way), float)

    assert_type(count(), float)
    assert_type(count.stream(3), Stream[float])
    for value in count.stream():
        assert_type(value, float)
    async for value in count.stream():
        assert_type(value, float)

    for source in ("a.png", Path("a.png"), b"", File(url="http://host/a.png")):
        assert_type(classify(source), ClassifyOutput)
    output = classify(BytesIO(b""))
    assert_type(output.label, LabelData)
    assert_type(output.astuple(), tuple[LabelData, DataframeData])
    label, table = output.astuple()
    assert_type(label, LabelData)
    assert_type(table.data, list[list[Any]])

    assert_type(clear(), None)
    assert_type(mix(second="b"), str)
    assert_type(mix(first="a", second="b", operation=2), str)

    with CalculatorClient(token="t", headers={"a": "b"}) as client:
        assert_type(client.predict(1, "add"), float)
        assert_type(client.count.stream(2), Stream[float])
    async with CalculatorClient("http://127.0.0.1:7860") as client:
        assert_type(await client.predict.aio(1, "add"), float)
        assert_type(client.predict.submit(1, "add"), Job[float])

    with CalculatorClient("http://127.0.0.1:7860").use() as client:
        assert_type(client, CalculatorClient)
        assert_type(predict(1, "add"), float)
    with client, client.use(everywhere=True) as again:
        assert_type(again.count(), float)
    CalculatorClient().use()
    strict = CalculatorClient(on_drift="warn").predict.with_options(on_drift="raise")
    assert_type(strict(1, "add"), float)

    assert_type(PredictInput(num1=1, operation="add").num2, int | float)

    module = generate(source="o/a", timeout=5, include=["a*"], rename={"/a": "b"})
    assert_type(module, GeneratedModule)
    assert_type(generate("o/a", templates=Path("t")).write("a.py", force=True), None)

    assert_type(Client("a/b").predict(1, "add", num2=2), Any)
    any_job: Job[Any] = Client("a/b", "t", idle_timeout=5).submit(1, api_name="/x")
    Client("a/b").predict(fn_index=0, headers={"a": "b"}, result=any_job)
    Client("a/b").submit(1, result_callbacks=[print, show])
    given: dict[str, Any] = {"max_files": 3, "wake_timeout": 0}
    assert_type(connect("a/b", **given), Client)
    assert_type(connect("a/b", max_files=3), Client)
    assert_type(duplicate("a/b", "c", private=False, max_files=3), Client)
    assert_type(Client.duplicate("a/b", secrets={"a": "b"}), Client)
    assert_type(
        CalculatorClient.duplicate(token="t", on_drift="warn"), CalculatorClient
    )
    assert_type(CalculatorClient.duplicates(3, token="t"), list[CalculatorClient])
    untyped: Client = CalculatorClient()
    untyped.predict(1, "add")

    with predict.fake(returns=2) as fake:
        assert_type(fake.calls[0], PredictInput)
        fake.assert_called_with(1, "add", num2=3)
    predict.fake(lambda num1, operation, num2=1: num1 + num2)
    predict.fake(double)
    predict.fake(returns_each=[1, AppError("no"), 2.5], optional=True)
    predict.fake(raises=QueueFull("full"))
    clear.fake(returns=None)
    classify.fake(raises=AppError("no"))
    CalculatorClient().predict.with_options(timeout=3).fake(returns=2)
    count.fake(returns=1)
    count.fake(streams=[1, 2.5, AppError("no")])
    count.fake(streams=lambda n=1: [n, n + 1])
    with predict.recorded(Path("predict.json"), mode="replay") as recording:
        assert_type(recording.calls[0].num1, int | float)
        recording.assert_called_with(1, "add")
    kept: Fake[..., float, Any] = count.fake(returns=1)
    endpoint: Endpoint[..., float] = predict
    with offline():
        endpoint()
    with suppress(FakeError), kept:
        count()


def called(num1: float) -> Call[float]:
    return predict.call(num1, "add")


async def many() -> None:
    models = [PredictInput(num1=1, operation="add")]
    assert_type(predict.map(models), Results[PredictInput, float])
    assert_type(predict.map([1, 2], called), Results[int, float])
    assert_type(predict.map("ab", lambda a: called(len(a))), Results[str, float])
    assert_type(classify.map(["a"], classify.call), Results[str, ClassifyOutput])
    columns = [{"num1": 1, "operation": "add"}]
    assert_type(predict.map(columns), Results[Mapping[str, Any], float])
    table = polars.DataFrame(columns)
    assert_type(predict.map(table), Results[Mapping[str, Any], float])
    client = CalculatorClient()
    results = client.predict.map(
        models, key=lambda row: str(row.num1), clients=[client], progress=False
    )
    for result in results:
        assert_type(result, Done[PredictInput, float] | Failed[PredictInput])
        if isinstance(result, Done):
            assert_type(result.value, float)
        else:
            assert_type(result.may_have_run, bool)
        match result:
            case Done():
                assert_type(result.value, float)
            case Failed():
                assert_type(result.row, PredictInput)
    async for result in results:
        assert_type(result.row, PredictInput)
    for value in results.values():
        assert_type(value, float)
    async for value in results.values():
        assert_type(value, float)
    assert_type(results.then(count.call, concurrency=2), Results[PredictInput, float])
    assert_type(count.map([1], count.call).then(called).run(), Summary)

    on_batch = OnBatch(predict, columns={"num2": "b"}, output="sum", files=Path("out"))
    assert_type(on_batch({"num1": [1, 2]}), dict[str, Any])
    assert_type(on_batch(table), polars.DataFrame)
    assert_type(on_batch(iter([table])), Iterator[polars.DataFrame])
    OnBatch(client.classify, output=["kind", "rows"], error="e", may_repeat=True)
    frames: Callable[[Iterator[polars.DataFrame]], Iterator[polars.DataFrame]] = (
        on_batch
    )
    frames(iter([on_batch.schema(table)]))
    assert_type(results.write(Path("a.csv")), Summary)


def double(num1: float, operation: str, num2: float = 1) -> float:
    return 2 * num1


class Overriding(Client):
    """What apps may have endpoints of."""

    predict = count
    submit = predict


async def wrong() -> None:
    predict(1, "modulo")  # wrong: not one of the choices
    CalculatorClient().use(True)  # wrong: everywhere= is given by name
    CalculatorClient(on_drift="log")  # wrong: raise, warn or ignore
    predict("1", "add")  # wrong: a string for a number
    predict(1)  # wrong: an argument is missing
    predict(1, "add", 2, 3)  # wrong: one argument too many
    predict(1, "add", num3=2)  # wrong: no such parameter
    predict(1, "add", None)  # wrong: None is not allowed
    predict.stream(1, "add")  # wrong: not a generator
    predict.submit(1, "modulo")  # wrong: the same through submit
    await predict.aio(1)  # wrong: the same through aio
    predict.call("1", "add")  # wrong: the same through call
    predict.with_options(timeout="3")  # wrong: seconds are a number
    classify.with_options(upload_progress=len)  # wrong: progress has no length
    predict.with_options(timeout=3)(1)  # wrong: options keep the signature
    predict.with_options(local_files=True)  # wrong: only to turn it off
    partial(predict, "one")  # wrong: a partial knows the types
    takes_function(classify)  # wrong: other parameters
    takes_function(predict.aio)  # wrong: it is async
    takes_async(predict)  # wrong: it is not
    takes_function(predict.submit)  # wrong: it gives a job
    text: str = predict(1, "add")  # wrong: it is a number
    job: Job[str] = predict.submit(1, "add")  # wrong: a job of a number
    assert_type(predict(1, "add"), int)  # wrong: it is a float
    count("3")  # wrong: a string for a number
    count.stream(m=3)  # wrong: no such parameter
    classify(3)  # wrong: no file
    print(classify("a.png").confidence)  # wrong: no such output
    clear(1)  # wrong: it takes nothing
    mix("a", second="b")  # wrong: keyword-only before a required one
    mix(second="b", operation=3)  # wrong: not one of the choices
    mix(second="b", operation="1")  # wrong: the value is an int
    client = CalculatorClient()
    client.predict(1, "modulo")  # wrong: the same through a client
    client.predict.stream(1, "add")  # wrong: the same through a client
    client.nothing()  # wrong: no such endpoint
    CalculatorClient(tokens="t")  # wrong: no such option
    CalculatorClient("a/b", "t", ("u", "p"))  # wrong: auth= is given by name
    CalculatorClient(max_files="3")  # wrong: a number
    Client("a/b", download_hosts=3)  # wrong: names
    Client("a/b").predict(1, api_name=3)  # wrong: a name is a string
    Client("a/b").predict(1, headers="a")  # wrong: names and values
    Client("a/b").submit(1, fn_index="0")  # wrong: a number
    Client("a/b").submit(1, result_callbacks=3)  # wrong: functions
    Client("a/b").predikt(1)  # wrong: no such method
    connect("a/b", tokens="t")  # wrong: no such option
    duplicate("a/b", "c", "t")  # wrong: token= is given by name
    Client.duplicate("a/b", colour="red")  # wrong: no such option
    Client.duplicate("a/b", src="a/b")  # wrong: it is from_id
    text = CalculatorClient.duplicate("a/b")  # wrong: it is a client
    CalculatorClient.duplicates("a/b")  # wrong: how many
    Overriding("a/b").predict("3")  # wrong: a string for a number
    Overriding("a/b").submit.stream(m=3)  # wrong: no such parameter
    PredictInput(num1=1)  # wrong: a field is missing
    PredictInput(num1=1, operation="modulo")  # wrong: not one of the choices
    models = [PredictInput(num1=1, operation="add")]
    predict.map([1, 2])  # wrong: neither models nor mappings
    predict.map(["a"], predict.call)  # wrong: a string for a number
    predict.map([1], classify.call)  # wrong: a call of another endpoint
    classify.map(models)  # wrong: another endpoint's models
    predict.map(models, concurency=3)  # wrong: no such option
    predict.map(models, key=lambda row: row.what)  # wrong: no such field
    predict.map(models).then(classify.call)  # wrong: a number for a file
    predict.map(models).then(count.call, key=str)  # wrong: rows have one key
    OnBatch(len)  # wrong: no endpoint
    OnBatch(predict.call)  # wrong: a call, not the endpoint
    OnBatch(predict, {"num2": "b"})  # wrong: options are given by name
    OnBatch(predict, columns=["b"])  # wrong: a column for each parameter
    OnBatch(predict, clients=[client])  # wrong: one app for each
    OnBatch(predict, output=3)  # wrong: names
    OnBatch(predict)([1, 2])  # wrong: a list is no batch
    number: int = OnBatch(predict)({"num1": [1]})  # wrong: it gives a batch
    generate()  # wrong: no app
    generate("o/a", "token")  # wrong: options are given by name
    generate("o/a", nullable_outputs="yes")  # wrong: it is a bool
    generate("o/a", includes=["a*"])  # wrong: no such option
    predict.fake(returns="3")  # wrong: it is a number
    predict.fake()  # wrong: there is no answer
    predict.fake(returns=3, raises=AppError("no"))  # wrong: there are two
    count.fake(returns=3, streams=[1, 2])  # wrong: there are two
    predict.fake(result=3)  # wrong: another name
    predict.fake(returns_each=[1, "2"])  # wrong: they are numbers
    predict.fake(returns_each=[1, ValueError("no")])  # wrong: not an error of ours
    predict.fake(raises=ValueError("no"))  # wrong: not an error of ours
    predict.fake(3)  # wrong: the result is given by name
    predict.fake(streams=[1, 2])  # wrong: not a generator
    predict.fake(lambda num1: num1)  # wrong: an argument is missing
    predict.fake(lambda num1, operation, num2=1: "3")  # wrong: it is a number
    predict.fake(len)  # wrong: another function
    count.fake(streams=["1"])  # wrong: they are numbers
    count.fake(streams=3)  # wrong: there are several
    clear.fake(returns=3)  # wrong: it gives nothing
    CalculatorClient().predict.fake(returns="3")  # wrong: the same through a client
    with predict.fake(returns=2) as fake:
        print(fake.calls[0].num3)  # wrong: no such parameter
        fake.assert_called_with(1)  # wrong: an argument is missing
        fake.assert_called_with("1", "add")  # wrong: a string for a number
    predict.recorded("predict.json", mode="twice")  # wrong: no such mode
    print(text, job, number)
