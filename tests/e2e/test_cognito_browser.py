"""Cognito in a real browser: a page of aws-amplify v6 through the API and through the hosted pages by https; and
what signs in without a browser's help, openid-client with discovery."""
import os
import shutil
import ssl
import unittest
import urllib.request

from emulator import Emulator, LIMIT_S, Project
from test_cognito import call, run_client

# No ExplicitAuthFlows, as most public templates: SRP only.
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      UserPoolName: members
      UsernameAttributes: [email]
      AutoVerifiedAttributes: [email]
      UsernameConfiguration: {CaseSensitive: false}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties: {UserPoolId: !Ref Pool, ClientName: web}
  Domain:
    Type: AWS::Cognito::UserPoolDomain
    Properties: {UserPoolId: !Ref Pool, Domain: members}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: {AllowOrigins: ["*"], AllowHeaders: [authorization], AllowMethods: [GET]}
      Auth:
        DefaultAuthorizer: ByJwt
        Authorizers:
          ByJwt:
            IdentitySource: $request.header.Authorization
            JwtConfiguration:
              issuer: !Sub https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}
              audience: [!Ref Client]
  Members:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      Timeout: 20
      InlineCode: |
        import json
        def handler(event, context):
            return {"statusCode": 200, "body": json.dumps(event["requestContext"]["authorizer"]["jwt"])}
      Events:
        Get: {Type: HttpApi, Properties: {Path: /members, Method: get, ApiId: !Ref Http}}
"""


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return shutil.which(name)
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    return mac if os.path.exists(mac) else None


class Browser(unittest.TestCase):
    @unittest.skipUnless(chromium(), "no Chromium on this machine (scripts/setup --tests installs it)")
    def test_aws_amplify_signs_people_in(self):
        with Project({"template.yml": TEMPLATE}) as project:
            with Emulator("--template", project.folder / "template.yml") as emulator:
                pool = call(emulator, "ListUserPools", MaxResults=1)[1]["UserPools"][0]["Id"]
                client = call(emulator, "ListUserPoolClients", UserPoolId=pool)[1]["UserPoolClients"][0]["ClientId"]
                members = [line for line in emulator.lines if "/members " in line and "GET " in line][0].split()[1]
                pages = [line for line in emulator.lines if line.startswith("Sign-in pages")][0].split()[-1]
                self.assertRegex(pages, r"^https://localhost:\d+/_domains/members$")
                run_client(emulator, "node", "cognito_browser.mjs", POOL_ID=pool, CLIENT_ID=client, DOMAIN="members",
                           HTTPS_PORT=pages.split(":")[2].split("/")[0], MEMBERS=members, CHROMIUM=chromium())
                self.assertEqual(emulator.stop(), 0, emulator.output())


class WithoutABrowser(unittest.TestCase):
    def test_openid_client_discovers_and_signs_in(self):
        with Emulator("--no-template", "--local-issuer", "*") as emulator:
            run_client(emulator, "node", "cognito_openid.mjs")
            self.assertEqual(emulator.stop(), 0, emulator.output())

    def test_the_pages_by_https_on_a_port_of_choice(self):
        """Who knows the deployment's authority needs no exception for the certificate."""
        with Project({"template.yml": TEMPLATE}) as project:
            port = 0
            for _ in range(2):
                with Emulator("--template", project.folder / "template.yml", "--data", project.folder / ".offstage",
                              "--https-port", str(port)) as emulator:
                    pages = [line for line in emulator.lines if line.startswith("Sign-in pages")][0].split()[-1]
                    authority = [line for line in emulator.lines if "the authority behind https" in line][0].split()[-1]
                    if port:
                        self.assertIn(":%s/" % port, pages)
                    port = pages.split(":")[2].split("/")[0]
                    pool = call(emulator, "ListUserPools", MaxResults=1)[1]["UserPools"][0]["Id"]
                    address = "https://localhost:%s/%s/.well-known/jwks.json" % (port, pool)
                    known = ssl.create_default_context(cafile=authority)
                    with urllib.request.urlopen(address, context=known, timeout=LIMIT_S) as reply:
                        self.assertIn(b'"keys"', reply.read())
                    self.assertEqual(emulator.stop(), 0)


if __name__ == "__main__":
    unittest.main()
