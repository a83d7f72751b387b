"""One module per way of calling an app, each with the cases that it can run.

    sequential(url, n)  seconds of each of n calls of `noop`, one after the other
    burst(url, n)       n calls of `noop` at once: seconds, most threads, calls lost
    stream(url, n)      read the n outputs of `grow`: seconds in all, to the first
                        output, and of the client's own CPU

Connecting and one call to warm up come before the clock starts. Each case checks that
what came back is right, so that nobody is quick by being wrong.
"""
