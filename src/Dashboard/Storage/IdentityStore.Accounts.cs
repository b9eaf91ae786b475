using System.Data.Common;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Storage.Engines;

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

    /// <summary>That nothing keeps the person from being let in at @c.</summary>
    private const string Open = "is_disabled = 0 AND (locked_until_ms IS NULL OR locked_until_ms <= @c)";

    private const string Forgotten = "failures = 0, locked_until_ms = NULL";

    public bool HasAccounts() => One("SELECT 1 FROM account LIMIT 1", _ => true);

    public Account? FindAccount(string name) =>
        One($"SELECT {AccountColumns} FROM account WHERE name = @a", ToAccount, name);

    public Account? FindAccount(string issuer, string subject) =>
        One($"SELECT {AccountColumns} FROM account WHERE issuer = @a AND subject = @b AND issuer <> ''",
            ToAccount, issuer, subject);

    /// <summary>All of them by name.</summary>
    public IReadOnlyList<Account> Accounts() => List($"SELECT {AccountColumns} FROM account ORDER BY name", ToAccount);

    public bool TryAddAccount(Account account, DateTimeOffset createdAt) =>
        Engine.Write(session => TryAdd(session, account, createdAt));

    /// <summary>Makes the first account and closes the link it came by, in one step: of any number of people with links only one does.</summary>
    public FirstAccount TryAddFirst(string secretHash, Account account, DateTimeOffset now) => Engine.Write(session =>
    {
        var isOpen = One(session, "SELECT 1 FROM account LIMIT 1", _ => true) is false
            && One(session, SetupQuery, _ => true, secretHash, now.ToUnixTimeMilliseconds());
        if (!isOpen || !TryAdd(session, account, now))
            return FirstAccount.LinkClosed;
        session.Execute("DELETE FROM setup");
        return FirstAccount.Made;
    });

    /// <summary>Makes the account of somebody who was invited and uses the invitation up, in one step.</summary>
    public FirstAccount TryAddInvited(string invitationHash, Account account, DateTimeOffset now) => Engine.Write(session =>
    {
        if (One(session, "SELECT 1 FROM invitation WHERE hash = @a AND expires_at_ms > @b", _ => true,
            invitationHash, now.ToUnixTimeMilliseconds()) is false)
            return FirstAccount.LinkClosed;
        if (!TryAdd(session, account, now))
            return FirstAccount.NameTaken;
        session.Execute("DELETE FROM invitation WHERE hash = @a", Named(invitationHash));
        return FirstAccount.Made;
    });

    private static bool TryAdd(StoreSession session, Account account, DateTimeOffset createdAt) => session.Execute(
        """
        INSERT INTO account (name, password_hash, role, stamp, failures, created_at_ms, organizations, issuer, subject)
        VALUES (@a, @b, @c, @d, 0, @e, @f, @g, @h) ON CONFLICT DO NOTHING
        """,
        Named(account.Name, account.PasswordHash, account.Role, account.Stamp, createdAt.ToUnixTimeMilliseconds(),
            Json(account.Organizations), account.Issuer, account.Subject)) == 1;

    /// <summary>
    /// What administrators decide, unless the account was changed since it was read or no enabled administrator would be left. Ends all sessions by a new stamp.
    /// </summary>
    public bool TryChange(Account account, string stamp) => Run(
        """
        UPDATE account SET role = @b, organizations = @c, is_disabled = @d, stamp = @e, version = version + 1
        WHERE name = @a AND version = @f AND (role <> @g OR is_disabled = 1 OR (@b = @g AND @d = 0)
            OR EXISTS (SELECT 1 FROM account WHERE role = @g AND is_disabled = 0 AND name <> @a))
        """,
        account.Name, account.Role, Json(account.Organizations), account.IsDisabled ? 1 : 0, stamp, account.Version,
        Roles.Administrator) == 1;

    /// <summary>Removes an account, unless no enabled administrator would be left.</summary>
    public bool TryRemove(string name) => Run(
        """
        DELETE FROM account WHERE name = @a AND (role <> @b OR is_disabled = 1
            OR EXISTS (SELECT 1 FROM account WHERE role = @b AND is_disabled = 0 AND name <> @a))
        """,
        name, Roles.Administrator) == 1;

    public void SetPassword(string name, string hash, string stamp) =>
        Run("UPDATE account SET password_hash = @b, stamp = @c, version = version + 1 WHERE name = @a", name, hash, stamp);

    /// <summary>A better hash of the same password: nothing else changes.</summary>
    public void SetHash(string name, string hash) => Run("UPDATE account SET password_hash = @b WHERE name = @a", name, hash);

    /// <summary>Somebody who administers lets a person try again.</summary>
    public void Unlock(string name) => Run("UPDATE account SET failures = 0, locked_until_ms = NULL WHERE name = @a", name);

    /// <summary>
    /// Takes a right password for good, unless the account was locked or changed while it was looked at. Of many guesses at
    /// once, in however many processes, no more come to anything than may be wrong before the lock.
    /// </summary>
    /// <returns>Whether the person may go on. Without a second factor the count of failures begins anew.</returns>
    public bool TryPass(Account checkedOne, DateTimeOffset now) => Run(
        """
        UPDATE account SET failures = CASE WHEN totp = '' THEN 0 ELSE failures END, locked_until_ms = NULL
        WHERE name = @a AND stamp = @b AND is_disabled = 0 AND (locked_until_ms IS NULL OR locked_until_ms <= @c)
        """,
        checkedOne.Name, checkedOne.Stamp, now.ToUnixTimeMilliseconds()) == 1;

    /// <summary>Counts a wrong password or code; the one that reaches the limit locks the account and starts the count anew. While it is locked nothing counts.</summary>
    public void CountFailure(string name, int failuresMax, DateTimeOffset now, DateTimeOffset lockedUntil) =>
        Run("""
            UPDATE account SET
                locked_until_ms = CASE WHEN failures + 1 >= @b THEN @c ELSE locked_until_ms END,
                failures = CASE WHEN failures + 1 >= @b THEN 0 ELSE failures + 1 END
            WHERE name = @a AND (locked_until_ms IS NULL OR locked_until_ms <= @d)
            """, name, failuresMax, lockedUntil.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());

    /// <summary>Sets or, with an empty secret, takes away the second factor with its recovery codes.</summary>
    public void SetTotp(string name, string totp, long step, IReadOnlyList<string> recoveryHashes) => Engine.Write(session =>
    {
        session.Execute("UPDATE account SET totp = @b, totp_step = @c, version = version + 1 WHERE name = @a", Named(name, totp, step));
        session.Execute("DELETE FROM recovery WHERE account = @a", Named(name));
        session.PostEach(
            "INSERT INTO recovery (account, hash) VALUES (@a, @b)", recoveryHashes, ("@a", _ => name), ("@b", hash => hash));
        return true;
    });

    /// <summary>Uses a period's code up, and forgets failures; false when it or a later one was used before, or the account is locked.</summary>
    public bool UseTotpStep(string name, long step, DateTimeOffset now) => Run(
        $"UPDATE account SET totp_step = @b, {Forgotten} WHERE name = @a AND totp_step < @b AND {Open}",
        name, step, now.ToUnixTimeMilliseconds()) == 1;

    /// <summary>Uses a recovery code up, and forgets failures; false when there is no such code, or the account is locked.</summary>
    public bool UseRecovery(string name, string hash, DateTimeOffset now) => Engine.Write(session =>
        session.Execute(
            $"DELETE FROM recovery WHERE account = @a AND hash = @b AND EXISTS (SELECT 1 FROM account WHERE name = @a AND {Open})",
            Named(name, hash, now.ToUnixTimeMilliseconds())) == 1
        && session.Execute($"UPDATE account SET {Forgotten} WHERE name = @a", Named(name)) == 1);

    public int RecoveryCount(string name) =>
        One("SELECT count(*) FROM recovery WHERE account = @a", row => row.GetInt32(0), name);

    public void AddInvitation(Invitation invitation) => Run(
        "INSERT INTO invitation (hash, role, organizations, made_by, expires_at_ms) VALUES (@a, @b, @c, @d, @e)",
        invitation.Hash, invitation.Role, Json(invitation.Organizations), invitation.MadeBy,
        invitation.ExpiresAt.ToUnixTimeMilliseconds());

    public Invitation? FindInvitation(string hash, DateTimeOffset now) => One(
        "SELECT hash, role, organizations, made_by, expires_at_ms FROM invitation WHERE hash = @a AND expires_at_ms > @b",
        ToInvitation, hash, now.ToUnixTimeMilliseconds());

    /// <summary>Those that can still be used, the next to expire first.</summary>
    public IReadOnlyList<Invitation> Invitations(DateTimeOffset now) => List(
        "SELECT hash, role, organizations, made_by, expires_at_ms FROM invitation WHERE expires_at_ms > @a ORDER BY expires_at_ms",
        ToInvitation, now.ToUnixTimeMilliseconds());

    /// <summary>Uses it up; false when somebody was faster.</summary>
    public bool RemoveInvitation(string hash) => Run("DELETE FROM invitation WHERE hash = @a", hash) == 1;

    public void AddAct(AccountAct act)
    {
        Run("INSERT INTO act (at_ms, done_by, what, about, detail) VALUES (@a, @b, @c, @d, @e)",
            act.At.ToUnixTimeMilliseconds(), act.By, act.Act, act.About, act.Detail);
        Run("DELETE FROM act WHERE number <= (SELECT max(number) FROM act) - @a", ActsMax);
    }

    /// <summary>Acts below a number, newest first.</summary>
    public IReadOnlyList<AccountAct> Acts(long before, int actsMax) => List(
        "SELECT number, at_ms, done_by, what, about, detail FROM act WHERE number < @a ORDER BY number DESC LIMIT @b",
        row => new AccountAct(
            row.GetInt64(0), At(row, 1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5)),
        before, actsMax);

    private static Invitation ToInvitation(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), Names(row, 2), row.GetString(3), At(row, 4));

    private static Account ToAccount(DbDataReader row) => new(
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
