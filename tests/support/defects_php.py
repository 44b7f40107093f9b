"""The part of the detection table that is about `plugins/personeelsync`, in PHP."""

from support.defect import SPRING, Defect, edit

SYNC = "src/PersoneelSync.php"
EMPLOYMENTS = "src/Employments.php"
AMSTERDAM = "src/Amsterdam.php"
NAME = "src/PersonName.php"
CLIENT = "src/Afas/Client.php"
ENTRY = "koppeling.php"

_DAY = "return (new \\DateTimeImmutable($moment))->setTimezone($zone)->format('Y-m-d');"
_SPOKEN = "return implode(' ', array_filter([$this->first, $this->prefix, $this->last]));"
_HEADER = "'Accept-Language' => 'nl-nl',"
_ELEMENT = "$element = ['@UsId' => $login, 'Fields' => $fields];"
_LEFT = "if ($end === null || $day {} $end) {{\n                return false;"


def _php(
    name: str,
    description: str,
    *,
    by: str,
    file: str,
    old: str,
    new: str,
    code: str = "EXPECTATION",
    says: str = "",
    day: str = "",
) -> Defect:
    return Defect(
        name=f"php-{name}",
        description=description,
        caught_by=(code,),
        says=says,
        edits=edit(file, old, new),
        integration="personeelsync",
        proved_by=by,
        program="php",
        day=day,
    )


DEFECTS_PHP: tuple[Defect, ...] = (
    # -- who has left, and when ----------------------------------------------------------------
    _php(
        "utc-day",
        "takes the day of UTC for that of Amsterdam",
        by="leaver-on-the-right-day",
        says='`output.blocked` is a list of 0: [], expected a list of 1: ["000001003"]',
        file=AMSTERDAM,
        old=_DAY,
        new="return (new \\DateTimeImmutable($moment))->format('Y-m-d');",
    ),
    _php(
        "last-day",
        "blocks who leaves on the last working day",
        by="leaver-on-the-right-day",
        says="last evening in summer: `output.blocked`",
        file=EMPLOYMENTS,
        old=_LEFT.format("<="),
        new=_LEFT.format("<"),
    ),
    _php(
        "newest-only",
        "forgets the employments that Profit no longer shows",
        by="two-employments-at-once",
        says="`output.blocked`",
        file=EMPLOYMENTS,
        old="$this->ends[$start] = $end;",
        new="$this->ends = [$start => $end];",
    ),
    _php(
        "too-early",
        "gives who is still to begin a user at once",
        by="first-day",
        says="the evening before: `output.created`",
        file=EMPLOYMENTS,
        old="if ($start <= $day && (",
        new="if ((",
    ),
    _php(
        "only-on-paper",
        "notes that a user is blocked and does not block it",
        by="leaver-loses-groups",
        says="`rows.0.Blocked` is false, expected true",
        file=SYNC,
        old="if (!$user['Blocked']) {",
        new="if (false) {",
    ),
    # -- one user for each person --------------------------------------------------------------
    _php(
        "takes-over",
        "takes over the login of somebody else",
        by="login-taken",
        says="`rows.0.Email`",
        file=SYNC,
        old="if (!isset($taken[strtolower($login)])) {",
        new="if (true) {",
    ),
    _php(
        "resends",
        "sends a user again after a lost answer without looking",
        by="answer-lost",
        code="RESEND-UNCHECKED",
        file=SYNC,
        old="$there = $this->byNumber(self::USERS, 'PersonId', [$person->personId]);",
        new="$there = [];",
    ),
    _php(
        "ascii-names",
        "writes names without their signs",
        by="names-become-logins",
        says="`rows.0.Description`",
        file=NAME,
        old=_SPOKEN,
        new="return preg_replace('/[^ -~]/', '', \"{$this->first} {$this->last}\");",
    ),
    # -- the wire ------------------------------------------------------------------------------
    _php(
        "reads-all",
        "reads every employee each time",
        by="spotless-traffic",
        code="FULL-READ-REPEATED",
        file=SYNC,
        old="$filter = $mark === '' ? null",
        new="$filter = true ? null",
    ),
    _php(
        "connection-close",
        "closes the connection after every call",
        by="spotless-traffic",
        code="CONNECTION-CLOSE",
        file=CLIENT,
        old=_HEADER,
        new=f"{_HEADER} 'Connection' => 'close',",
    ),
    # -- towards its administrator -------------------------------------------------------------
    _php(
        "all-is-well",
        "tells that all is well when AFAS refused one",
        by="one-refused",
        says="`ok` is true, expected false",
        file=ENTRY,
        old="['ok' => $refused === [],",
        new="['ok' => true,",
    ),
    _php(
        "address-in-log",
        "logs the address of whom it makes a user for",
        by="nothing-personal-told",
        code="LOG-PERSONAL",
        file=SYNC,
        old=_ELEMENT,
        new=f'{_ELEMENT} fwrite(STDERR, "nieuw: $mail\\n");',
    ),
    _php(
        "writes-back",
        "sends the address along that it read, whatever it changes of a user",
        by="nothing-orange",
        code="WRITTEN-BACK",
        says="KnUser.EmAd",
        file=SYNC,
        old="'Nm' => $user['Description']];",
        new="'Nm' => $user['Description'], 'EmAd' => $user['Email']];",
        day=SPRING,
    ),
    _php(
        "no-leap-day",
        "breaks down on an employment that began on a leap day",
        by="odd-days",
        code="PLUGIN-CRASHED",
        file=EMPLOYMENTS,
        old="        if ($start !== null) {\n",
        new="        if ($start !== null) {\n"
        "            [$year, $month, $day] = explode('-', $start);\n"
        "            if (!checkdate((int) $month, (int) $day, $year + 1)) {\n"
        "                throw new \\Exception('jubileum');\n"
        "            }\n",
        day=SPRING,
    ),
    _php(
        "breaks-down",
        "breaks down on a connection that blocks a GetConnector",
        by="no-right-to-users",
        code="PLUGIN-CRASHED",
        file=ENTRY,
        old="} catch (AfasError $error) {",
        new="} catch (\\DivisionByZeroError $error) {",
    ),
)
