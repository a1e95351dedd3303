"""The fixed addresses of the contract, and what is at none of them."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/nonsense", "/api/nonsense", "/api/v2/sync/x/push"])
def test_an_unknown_address_of_the_api_is_a_problem(
    client: TestClient, method: str, path: str
) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.headers["content-type"] == "application/problem+json"


def test_a_known_address_with_another_verb_is_405(client: TestClient) -> None:
    response = client.delete("/api/v1/healthz")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_the_fixed_addresses_answer_without_sign_in(client: TestClient) -> None:
    assert client.get("/api/v1/healthz").status_code == 200
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Suixing 随行"
    assert client.get("/api/docs").headers["content-type"].startswith("text/html")
    for path in ("/", "/capture", "/sw.js", "/manifest.webmanifest"):
        response = client.get(path)
        assert response.status_code == 200, path
        assert response.headers["cache-control"] == "no-cache"
        assert client.head(path).status_code == 200
    assert client.get("/").headers["content-security-policy"].startswith("default-src 'self'")
    assert "javascript" in client.get("/sw.js").headers["content-type"]
    assert "json" in client.get("/manifest.webmanifest").headers["content-type"]


def test_a_path_cannot_climb_out_of_the_client(client: TestClient) -> None:
    for path in ("/..%2f..%2fpyproject.toml", "/assets/..%2f..%2f..%2fREADME.md"):
        response = client.get(path)
        assert "suixing" not in response.text or "<html" in response.text
