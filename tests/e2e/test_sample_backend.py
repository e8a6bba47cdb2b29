"""Every route of the sample backend, on its seed data, as the deployed system answers."""
import json
import unittest

from emulator import HDOC, Emulator

CORS = {
    "Access-Control-Allow-Headers": "Content-Type,X-Amz-Date,Authorization,X-Api-Key,x-requested-with",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET,POST,OPTIONS",
}


class SampleBackend(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--template", HDOC / "template.yml", "--seed", HDOC / "seed" / "seed.json")
        cls.seed = json.loads((HDOC / "seed" / "seed.json").read_text())
        cls.user = cls.seed["UsersTable"][0]

    @classmethod
    def tearDownClass(cls):
        assert cls.emulator.stop() == 0, cls.emulator.output()

    def get(self, path, status=200):
        got, headers, body = self.emulator.get(path)
        self.assertEqual(got, status, body + "\n" + self.emulator.output()[-3000:])
        if got != 403:
            for name, value in CORS.items():
                self.assertEqual(headers[name], value)
        return body

    def test_user_is_found_by_name(self):
        body = self.get("/user?username=" + self.user["github_username"])
        self.assertEqual(json.loads(body), self.user)
        # Python's own separators: the text is the handler's, untouched.
        self.assertIn('": ', body)

    def test_unknown_user(self):
        self.assertEqual(self.get("/user?username=nobody", 404), "ERROR: user not found!")

    def test_user_without_parameter(self):
        for path in ("/user", "/user?other=1"):
            self.assertEqual(self.get(path, 404), "username field in the body of the request is missing")

    def test_users(self):
        # Another test may have signed somebody up.
        names = {user["github_username"] for user in json.loads(self.get("/users"))}
        self.assertLessEqual({user["github_username"] for user in self.seed["UsersTable"]}, names)

    def test_users_with_a_limit(self):
        self.assertEqual(len(json.loads(self.get("/users?limit=3"))), 3)

    def test_users_with_a_bad_limit(self):
        for limit, exception in (("x", "<class 'ValueError'>"), ("0", "")):
            body = self.get("/users?limit=" + limit, 500)
            self.assertTrue(body.startswith("Unexpected error: <class '"), body)
            self.assertIn(exception, body)

    def test_stage_prefix(self):
        self.assertEqual(self.get("/Prod/users?limit=2"), self.get("/users?limit=2"))

    def test_one_user(self):
        self.assertEqual(json.loads(self.get("/users/" + self.user["github_username"])), self.user)
        self.get("/users/nobody", 404)

    def test_leaderboard(self):
        users = json.loads(self.get("/users/leaderboard"))
        scores = [user["githubScore"] + user["twitterScore"] for user in users]
        self.assertEqual(len(users), 10)
        self.assertEqual(scores, sorted(scores, reverse=True))

    def test_recent_users(self):
        users = json.loads(self.get("/users/recent?limit=5"))
        dates = [user["dateJoined"] for user in users]
        self.assertEqual(len(dates), 5)
        self.assertEqual(dates, sorted(dates, reverse=True))
        self.assertEqual(dates[0], max(user["dateJoined"] for user in self.seed["UsersTable"]))

    def test_articles_by_tag(self):
        tag = self.seed["ArticlesTable"][0]["tags"][0]
        articles = json.loads(self.get("/articles?tag=%s&limit=4" % tag.upper()))
        self.assertTrue(articles)
        self.assertLessEqual(len(articles), 4)
        for article in articles:
            self.assertIn(tag.lower(), [other.lower() for other in article["tags"]])

    def test_tags(self):
        tags = json.loads(self.get("/tags"))
        counts = [tag["count"] for tag in tags]
        self.assertEqual(counts, sorted(counts, reverse=True))

    def test_article(self):
        article = dict(self.seed["ArticlesTable"][0])
        for internal in ("feed", "tagKeys"):  # what the indexes and the tag filter go by
            del article[internal]
        self.assertEqual(json.loads(self.get("/articles/" + article["id"])), article)
        self.get("/articles/nothing", 404)

    def test_sign_up_then_publish(self):
        status, _, body = self.emulator.request("POST", "/signup", json.dumps(
            {"github_username": "e2e-user", "name": "End To End", "email": "e2e@example.com"}),
            {"Content-Type": "application/json"})
        self.assertIn(status, (200, 201), body)
        self.assertEqual(json.loads(self.get("/user?username=e2e-user"))["name"], "End To End")
        status, _, body = self.emulator.request("POST", "/e2e-user/article", json.dumps(
            {"title": "T", "subtitle": "S", "tags": ["e2e"], "image": "https://example.com/i.png"}),
            {"Content-Type": "application/json"})
        self.assertIn(status, (200, 201), body)
        self.assertEqual([a["title"] for a in json.loads(self.get("/articles?tag=E2E"))], ["T"])

    def test_health_is_a_custom_runtime(self):
        self.assertEqual(json.loads(self.get("/health"))["status"], "ok")

    def test_unknown_route(self):
        for method, path in (("GET", "/nothing"), ("DELETE", "/users")):
            status, headers, body = self.emulator.request(method, path)
            self.assertEqual((status, body), (403, b'{"message":"Missing Authentication Token"}'))
            self.assertEqual(headers["x-amzn-ErrorType"], "MissingAuthenticationTokenException")

    def test_preflight(self):
        status, headers, _ = self.emulator.request("OPTIONS", "/signup", headers={
            "Origin": "http://localhost:8080", "Access-Control-Request-Method": "POST"})
        self.assertEqual(status, 200)
        self.assertEqual(headers["Access-Control-Allow-Origin"], "*")

    def test_report_lines_are_shown_with_the_function(self):
        self.get("/users?limit=1")
        self.emulator.expect_output(r"GetUsersFunction \| REPORT RequestId: \S+\tDuration: ")


if __name__ == "__main__":
    unittest.main()
