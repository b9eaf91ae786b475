using Microsoft.Data.Sqlite;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Accounts, their second factors, invitations, and what was done to any of them.</summary>
internal sealed partial class IdentityStore
{
    /// <summary>Acts that are kept; the oldest beyond it go (I7).</summary>
    public const int ActsMax = 100_000;

    private const string AccountColumns =
        """
        name, password_hash, role, stamp, failures, locked_until_ms, organizations, is_disabled, totp, totp_step, issuer, subject,
        created_at_ms, signed_in_at_ms, version
        """;

    public bool HasAccounts() => Read("SELECT 1 FROM account LIMIT 1", _ => true);

    public Account? FindAccount(string name) =>
        Read($"SELECT {AccountColumns} FROM account WHERE name = $a", ToAccount, name);

    public Account? FindAccount(string issuer, string subject) =>
        Read($"SELECT {AccountColumns} FROM account WHERE issuer = $a AND subject = $b AND issuer <> ''",
            ToAccount, issuer, subject);

    /// <summary>All of them by name.</summary>
    public IReadOnlyList<Account> Accounts() => List($"SELECT {AccountColumns} FROM account ORDER BY name", ToAccount);

    public bool TryAddAccount(Account account, DateTimeOffset createdAt) => Run(
        """
        INSERT INTO account (name, password_hash, role, stamp, failures, created_at_ms, organizations, issuer, subject)
        VALUES ($a, $b, $c, $d, 0, $e, $f, $g, $h) ON CONFLICT DO NOTHING
        """,
        account.Name, account.PasswordHash, account.Role, account.Stamp, createdAt.ToUnixTimeMilliseconds(),
        Json(account.Organizations), account.Issuer, account.Subject) == 1;

    /// <summary>
    /// What administrators decide, unless the account was changed since it was read or no enabled administrator would be left. Ends all sessions by a new stamp.
    /// </summary>
    public bool TryChange(Account account, string stamp) => Run(
        """
        UPDATE account SET role = $b, organizations = $c, is_disabled = $d, stamp = $e, version = version + 1
        WHERE name = $a AND version = $f AND (role <> $g OR is_disabled = 1 OR ($b = $g AND $d = 0)
            OR EXISTS (SELECT 1 FROM account WHERE role = $g AND is_disabled = 0 AND name <> $a))
        """,
        account.Name, account.Role, Json(account.Organizations), account.IsDisabled ? 1 : 0, stamp, account.Version,
        Roles.Administrator) == 1;

    /// <summary>Removes an account, unless no enabled administrator would be left.</summary>
    public bool TryRemove(string name) => Run(
        """
        DELETE FROM account WHERE name = $a AND (role <> $b OR is_disabled = 1
            OR EXISTS (SELECT 1 FROM account WHERE role = $b AND is_disabled = 0 AND name <> $a))
        """,
        name, Roles.Administrator) == 1;

    public void SetPassword(string name, string hash, string stamp) =>
        Run("UPDATE account SET password_hash = $b, stamp = $c, version = version + 1 WHERE name = $a", name, hash, stamp);

    /// <summary>A better hash of the same password: nothing else changes.</summary>
    public void SetHash(string name, string hash) => Run("UPDATE account SET password_hash = $b WHERE name = $a", name, hash);

    public void SetFailures(string name, int failures, DateTimeOffset? lockedUntil) =>
        Run("UPDATE account SET failures = $b, locked_until_ms = $c WHERE name = $a", name, failures, OrNull(lockedUntil));

    /// <summary>Counts a wrong password; the one that reaches the limit locks the account and starts the count anew.</summary>
    public void CountFailure(string name, int failuresMax, DateTimeOffset lockedUntil) =>
        Run("""
            UPDATE account SET
                locked_until_ms = CASE WHEN failures + 1 >= $b THEN $c ELSE locked_until_ms END,
                failures = CASE WHEN failures + 1 >= $b THEN 0 ELSE failures + 1 END
            WHERE name = $a
            """, name, failuresMax, lockedUntil.ToUnixTimeMilliseconds());

    /// <summary>Sets or, with an empty secret, takes away the second factor with its recovery codes.</summary>
    public void SetTotp(string name, string totp, long step, IReadOnlyList<string> recoveryHashes)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var (statement, values) in Parts())
            {
                using var command = Command(statement, values);
                command.Transaction = transaction;
                command.ExecuteNonQuery();
            }
            transaction.Commit();
        }

        IEnumerable<(string Statement, object[] Values)> Parts()
        {
            yield return ("UPDATE account SET totp = $b, totp_step = $c, version = version + 1 WHERE name = $a",
                [name, totp, step]);
            yield return ("DELETE FROM recovery WHERE account = $a", [name]);
            foreach (var hash in recoveryHashes)
                yield return ("INSERT INTO recovery VALUES ($a, $b)", [name, hash]);
        }
    }

    /// <summary>Uses a period's code up; false when it or a later one was used before.</summary>
    public bool UseTotpStep(string name, long step) =>
        Run("UPDATE account SET totp_step = $b WHERE name = $a AND totp_step < $b", name, step) == 1;

    /// <summary>Uses a recovery code up; false when there is no such code.</summary>
    public bool UseRecovery(string name, string hash) =>
        Run("DELETE FROM recovery WHERE account = $a AND hash = $b", name, hash) == 1;

    public int RecoveryCount(string name) =>
        Read("SELECT count(*) FROM recovery WHERE account = $a", row => row.GetInt32(0), name);

    public void AddInvitation(Invitation invitation) => Run("INSERT INTO invitation VALUES ($a, $b, $c, $d, $e)",
        invitation.Hash, invitation.Role, Json(invitation.Organizations), invitation.MadeBy,
        invitation.ExpiresAt.ToUnixTimeMilliseconds());

    public Invitation? FindInvitation(string hash, DateTimeOffset now) => Read(
        "SELECT hash, role, organizations, made_by, expires_at_ms FROM invitation WHERE hash = $a AND expires_at_ms > $b",
        ToInvitation, hash, now.ToUnixTimeMilliseconds());

    /// <summary>Those that can still be used, the next to expire first.</summary>
    public IReadOnlyList<Invitation> Invitations(DateTimeOffset now) => List(
        "SELECT hash, role, organizations, made_by, expires_at_ms FROM invitation WHERE expires_at_ms > $a ORDER BY expires_at_ms",
        ToInvitation, now.ToUnixTimeMilliseconds());

    /// <summary>Uses it up; false when somebody was faster.</summary>
    public bool RemoveInvitation(string hash) => Run("DELETE FROM invitation WHERE hash = $a", hash) == 1;

    public void AddAct(AccountAct act)
    {
        Run("INSERT INTO act (at_ms, done_by, what, about, detail) VALUES ($a, $b, $c, $d, $e)",
            act.At.ToUnixTimeMilliseconds(), act.By, act.Act, act.About, act.Detail);
        Run("DELETE FROM act WHERE number <= (SELECT max(number) FROM act) - $a", ActsMax);
    }

    /// <summary>Acts below a number, newest first.</summary>
    public IReadOnlyList<AccountAct> Acts(long before, int actsMax) => List(
        "SELECT number, at_ms, done_by, what, about, detail FROM act WHERE number < $a ORDER BY number DESC LIMIT $b",
        row => new AccountAct(
            row.GetInt64(0), At(row, 1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5)),
        before, actsMax);

    private static Invitation ToInvitation(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), Names(row, 2), row.GetString(3), At(row, 4));

    private static Account ToAccount(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3))
    {
        FailureCount = row.GetInt32(4),
        LockedUntil = AtOrNull(row, 5),
        Organizations = Names(row, 6),
        IsDisabled = row.GetInt64(7) != 0,
        Totp = row.GetString(8),
        TotpStep = row.GetInt64(9),
        Issuer = row.GetString(10),
        Subject = row.GetString(11),
        CreatedAt = At(row, 12),
        SignedInAt = AtOrNull(row, 13),
        Version = row.GetInt64(14),
    };
}
