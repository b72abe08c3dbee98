#!/usr/bin/env python3
"""moto server with what an EKS auditor's tests need and moto 5.2.1 lacks.

    python3 moto_plus.py [--host 127.0.0.1] [--port 0]

Prints one line, `listening http://127.0.0.1:PORT`, as soon as it answers (port 0 takes a free one), and ends when its
standard input is closed, so that it never outlives the process that started it. By hand: `sleep inf | python3 moto_plus.py`.

The folder moto_extensions holds one file for each thing that is added or repaired.
"""

import argparse
import os
import sys
import threading


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-H", "--host", default="127.0.0.1")
    parser.add_argument("-p", "--port", type=int, default=0)
    return parser.parse_args()


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    arguments = parse_arguments()
    # Imported late: --help should not wait two seconds for moto.
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    import moto_extensions

    server = make_server(arguments.host, arguments.port, DomainDispatcherApplication(create_backend_app), threaded=True)
    os.environ["MOTO_PORT"] = str(server.server_port)  # moto calls itself at this port
    moto_extensions.install(server.server_port)
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(f"listening http://{arguments.host}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
