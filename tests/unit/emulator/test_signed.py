import subprocess
import sys


def test_no_signature_library_is_loaded_before_something_signed_comes():
    script = """
import sys
from koppeling_harness.emulator import AppConnector, Erp1
from koppeling_harness.emulator.serve import ServeOptions
erp1 = Erp1(release="Profit 9", rows=3)
access = erp1.open_environment(app_connector=AppConnector(jwks_uri="https://acme.example/keys"))
erp1.environment(access.environment).authenticate("DPoP x", None)
print(sorted(name for name in ("joserfc", "cryptography", "trustme") if name in sys.modules))
erp1.close()
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )

    assert ran.stdout == "[]\n"
