#!/usr/bin/env python3
"""AWS Secrets Manager, a container's credentials and an instance's metadata service, as far as a key is concerned, on 127.0.0.1.

Each request's signature is checked with botocore, AWS's own library: aws_server.py KEY prints where it is and with
what it is used, and serves until it is killed.
"""
import datetime
import http.server
import json
import sys
import threading

import botocore.auth
import botocore.awsrequest
import botocore.credentials

KEY = sys.argv[1]
PLAIN = botocore.credentials.Credentials("AKIASENTINELPLAIN", "SENTINEL/plain+Secret0123456789")
TEMPORARY = botocore.credentials.Credentials(
    "ASIASENTINELTEMP", "SENTINEL/temporary+Secret0123456789", "SENTINEL/session+Token==0123456789")
CONTAINER_TOKEN = "SENTINELcontainerToken0123456789"
SESSION = "SENTINELmetadataSession0123456789=="
ROLE = "service-role"
ODD = 'prod/ödd näme"\\+=.@-'


def why_unsigned(request, body):
    """What is wrong with a request's signature; empty where nothing is."""
    words = request.headers.get("Authorization", "").replace(",", " ").split()
    if not words or words[0] != "AWS4-HMAC-SHA256":
        return "no AWS4-HMAC-SHA256"
    parts = dict(word.split("=", 1) for word in words[1:])
    key_id, date, region, service, end = parts["Credential"].split("/")
    credentials = {keys.access_key: keys for keys in (PLAIN, TEMPORARY)}.get(key_id)
    if credentials is None:
        return "UnrecognizedClientException"
    if (region, service, end) != ("eu-west-1", "secretsmanager", "aws4_request"):
        return "the scope is " + parts["Credential"]
    if request.headers.get("X-Amz-Security-Token") != credentials.token:
        return "the session token is missing or another"
    signed = parts["SignedHeaders"].split(";")
    # AWS wants the host and whatever begins with x-amz- signed.
    for name in ["host"] + [name.lower() for name in request.headers if name.lower().startswith("x-amz-")]:
        if name not in signed:
            return name + " is not signed"
    time = request.headers["X-Amz-Date"]
    age = datetime.datetime.utcnow() - datetime.datetime.strptime(time, "%Y%m%dT%H%M%SZ")
    if abs(age.total_seconds()) > 300 or not time.startswith(date):
        return "the date is " + time
    url = "http://" + request.headers["Host"] + request.path
    rebuilt = botocore.awsrequest.AWSRequest(
        method=request.command, url=url, data=body, headers={name: request.headers[name] for name in signed})
    rebuilt.context["timestamp"] = time
    auth = botocore.auth.SigV4Auth(credentials, service, region)
    expected = auth.signature(auth.string_to_sign(rebuilt, auth.canonical_request(rebuilt)), rebuilt)
    return "" if expected == parts["Signature"] else "InvalidSignatureException"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def refuse(self, kind, message):
        self.answer(400, {"__type": kind, "Message": message})

    def do_POST(self):
        body = self.body()
        problem = why_unsigned(self, body)
        if problem:
            kind = problem if problem.endswith("Exception") else "InvalidSignatureException"
            return self.refuse(kind, problem)
        if self.headers["X-Amz-Target"] != "secretsmanager.GetSecretValue":
            return self.refuse("InvalidRequestException", "not GetSecretValue")
        wanted = json.loads(body.decode())
        name = wanted["SecretId"]
        secrets = {"prod/operate": json.dumps({"user": "x", "api_key": KEY}), "plain": KEY, ODD: KEY}
        if wanted.get("VersionStage", "AWSCURRENT") != "AWSCURRENT" or name not in secrets:
            return self.refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        self.answer(200, {"ARN": "arn:aws:secretsmanager:eu-west-1:1:secret:x", "Name": name, "VersionId": "v" * 32,
                          "SecretString": secrets[name], "VersionStages": ["AWSCURRENT"], "CreatedDate": 1.5e9},
                    "application/x-amz-json-1.1")

    def do_PUT(self):
        self.body()
        if self.path != "/latest/api/token" or not self.headers.get("X-aws-ec2-metadata-token-ttl-seconds"):
            return self.answer(400, "", "text/plain")
        self.answer(200, SESSION, "text/plain")

    def do_GET(self):
        keys = {"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2026-01-01T00:00:00Z",
                "AccessKeyId": TEMPORARY.access_key, "SecretAccessKey": TEMPORARY.secret_key,
                "Token": TEMPORARY.token, "Expiration": "2099-01-01T00:00:00Z"}
        roles = "/latest/meta-data/iam/security-credentials/"
        if self.path == "/container":
            good = self.headers.get("Authorization") == CONTAINER_TOKEN
            return self.answer(200, keys) if good else self.answer(403, {"message": "not this task's token"})
        if self.headers.get("X-aws-ec2-metadata-token") != SESSION:
            return self.answer(401, "", "text/plain")
        if self.path in (roles, roles[:-1]):
            return self.answer(200, ROLE, "text/plain")
        if self.path == roles + ROLE:
            return self.answer(200, keys)
        self.answer(404, "", "text/plain")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"""SITE=http://127.0.0.1:{server.server_port}
PLAIN_ID={PLAIN.access_key}
PLAIN_SECRET={PLAIN.secret_key}
TEMPORARY_ID={TEMPORARY.access_key}
TEMPORARY_SECRET={TEMPORARY.secret_key}
TEMPORARY_TOKEN={TEMPORARY.token}
CONTAINER_TOKEN={CONTAINER_TOKEN}
ODD={ODD}""", flush=True)
threading.Event().wait()
