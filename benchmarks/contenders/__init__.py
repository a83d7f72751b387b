"""One module per way of calling an app, each with the cases that it can run.

    sequential(url, n)  seconds of each of n calls of `noop`, one after the other
    burst(url, n)       n calls of `noop` at once: a `Burst`
    stream(url, n)      read the n outputs of `grow`: a `StreamRun`
    chat(url, n)        the same of `chat`
    transfer(url, n)    send a file of n MiB to `echo` and fetch it back: a `Transfer`

Connecting and one call to warm up come before the clock starts. Each case checks that
what came back is right, so that nobody is quick by being wrong.
"""
