using System.Data.Common;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Sessions of people and tokens of programs.</summary>
internal sealed partial class IdentityStore
{
    /// <summary>Browsers one person can be signed in with at once; the one unused for longest goes (I7).</summary>
    public const int SessionsPerAccountMax = 20;

    private const string TokenColumns =
        "hash, name, role, created_at_ms, scopes, organizations, expires_at_ms, created_by, used_at_ms";
    private const string SessionColumns = "id, account, created_at_ms, seen_at_ms, address, agent";

    /// <summary>Starts a session, and forgets those that are too many or over.</summary>
    public void AddSession(Session session, DateTimeOffset overBefore) => Engine.Write(writing =>
    {
        var startedAt = session.CreatedAt.ToUnixTimeMilliseconds();
        writing.Execute("DELETE FROM session WHERE created_at_ms < @a", Named(overBefore.ToUnixTimeMilliseconds()));
        writing.Execute("INSERT INTO session (id, account, created_at_ms, seen_at_ms, address, agent) VALUES (@a, @b, @c, @c, @d, @e)",
            Named(session.Id, session.Account, startedAt, session.Address, session.Agent));
        writing.Execute("""
            DELETE FROM session WHERE account = @a AND id NOT IN
                (SELECT id FROM session WHERE account = @a ORDER BY seen_at_ms DESC, rowid DESC LIMIT @b)
            """, Named(session.Account, SessionsPerAccountMax));
        writing.Execute("UPDATE account SET signed_in_at_ms = @b WHERE name = @a", Named(session.Account, startedAt));
        return true;
    });

    public Session? FindSession(string id) => One($"SELECT {SessionColumns} FROM session WHERE id = @a", ToSession, id);

    /// <summary>A person's sessions, the latest used first.</summary>
    public IReadOnlyList<Session> SessionsOf(string account) =>
        List($"SELECT {SessionColumns} FROM session WHERE account = @a ORDER BY seen_at_ms DESC, rowid DESC", ToSession, account);

    public void TouchSession(string id, DateTimeOffset seenAt) =>
        Run("UPDATE session SET seen_at_ms = @b WHERE id = @a AND seen_at_ms < @b", id, seenAt.ToUnixTimeMilliseconds());

    /// <summary>Ends one session of a person; false when it is not theirs or over.</summary>
    public bool RemoveSession(string account, string id) =>
        Run("DELETE FROM session WHERE account = @a AND id = @b", account, id) == 1;

    /// <summary>Ends every session of a person but one.</summary>
    public int RemoveOtherSessions(string account, string keptId) =>
        Run("DELETE FROM session WHERE account = @a AND id <> @b", account, keptId);

    public void AddToken(ApiToken token) => Run(
        "INSERT INTO token (hash, name, role, created_at_ms, scopes, organizations, expires_at_ms, created_by) VALUES (@a, @b, @c, @d, @e, @f, @g, @h)",
        token.Hash, token.Name, token.Role, token.CreatedAt.ToUnixTimeMilliseconds(), Json(token.Scopes),
        Json(token.Organizations), OrNull(token.ExpiresAt), token.CreatedBy);

    public ApiToken? FindToken(string hash) =>
        One($"SELECT {TokenColumns} FROM token WHERE hash = @a", ToToken, hash);

    /// <summary>All of them, the newest first.</summary>
    public IReadOnlyList<ApiToken> Tokens() =>
        List($"SELECT {TokenColumns} FROM token ORDER BY created_at_ms DESC, hash", ToToken);

    public void SetTokenUsed(string hash, DateTimeOffset at) =>
        Run("UPDATE token SET used_at_ms = @b WHERE hash = @a", hash, at.ToUnixTimeMilliseconds());

    /// <summary>Revokes the token whose hash starts so; false when there is none.</summary>
    public bool RemoveToken(string id) => Run("DELETE FROM token WHERE substr(hash, 1, 16) = @a", id) > 0;

    private static Session ToSession(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), At(row, 2), At(row, 3), row.GetString(4), row.GetString(5));

    private static ApiToken ToToken(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), At(row, 3))
    {
        Scopes = Names(row, 4),
        Organizations = Names(row, 5),
        ExpiresAt = AtOrNull(row, 6),
        CreatedBy = row.GetString(7),
        UsedAt = AtOrNull(row, 8),
    };
}
