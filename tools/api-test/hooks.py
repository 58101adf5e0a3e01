"""Who Schemathesis is to the portal: a customer who logs in, and one of its own for each call that ends sessions."""

import os
import uuid

import requests
import schemathesis

PORTAL = os.environ["PORTAL_URL"]
ENDS_SESSIONS = {"/api/user/logout", "/api/user/password"}
TIMEOUT_SECONDS = 30


def register() -> str:
    credentials = {"login": f"schemathesis-{uuid.uuid4()}", "password": "correct horse battery staple"}
    answer = requests.post(f"{PORTAL}/api/user/register", json=credentials, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return answer.headers["Authorization"]


# without a refresh interval it is asked at each call
@schemathesis.auth(refresh_interval=None)
class Customer:
    def __init__(self):
        self.authorization = None

    def get(self, case, ctx):
        if case.operation.path in ENDS_SESSIONS:
            return register()
        if self.authorization is None:
            self.authorization = register()
        return self.authorization

    def set(self, case, authorization, ctx):
        case.headers = {**(case.headers or {}), "Authorization": authorization}
