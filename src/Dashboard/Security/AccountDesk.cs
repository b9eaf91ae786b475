using System.Globalization;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>What administrators decide about an account.</summary>
internal sealed record AccountWish(string Role, IReadOnlyList<string> Organizations, bool IsDisabled);

/// <summary>
/// Everything that is done to accounts and tokens, for pages, API and commands alike; each act is written down with who did it. Answers are what is wrong, or empty.
/// </summary>
internal sealed class AccountDesk(
    IdentityStore store, ApiTokens tokens, SecondFactors factors, TimeProvider time)
{
    public const string Changed = "The account was changed by somebody else meanwhile.";
    private const string LastAdministrator = "Somebody must stay administrator.";
    private const int InvitationsMax = 200;

    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(3);

    public IReadOnlyList<Account> Accounts => store.Accounts();

    public Account? Find(string name) => store.FindAccount(name);

    public int RecoveryCodesOf(string name) => store.RecoveryCount(name);

    public IReadOnlyList<Invitation> Invitations => store.Invitations(time.GetUtcNow());

    public IReadOnlyList<AccountAct> Acts(long before, int actsMax) => store.Acts(before, actsMax);

    /// <summary>Invites one person, who chooses name and password behind the link. The secret is shown once.</summary>
    public (string Secret, string Problem) Invite(string role, IReadOnlyList<string> organizations, string by)
    {
        if (ProblemOf(role, organizations) is { Length: > 0 } problem)
            return ("", problem);
        if (Invitations.Count >= InvitationsMax)
            return ("", $"{InvitationsMax} invitations wait already.");
        var secret = SecretToken.New("");
        var expiresAt = time.GetUtcNow() + InvitationLifetime;
        store.AddInvitation(new Invitation(SecretToken.HashOf(secret)!, role, organizations, by, expiresAt));
        Note(by, "invited", "somebody", Words(role, organizations));
        return (secret, "");
    }

    public Invitation? InvitationOf(string? secret) =>
        SecretToken.HashOf(secret) is { } hash ? store.FindInvitation(hash, time.GetUtcNow()) : null;

    /// <summary>Takes an invitation back.</summary>
    public bool Withdraw(string hash, string by)
    {
        var isGone = store.RemoveInvitation(hash);
        if (isGone)
            Note(by, "withdrew", "an invitation", "");
        return isGone;
    }

    /// <summary>Makes the account of somebody who was invited.</summary>
    public string Accept(string? secret, string? name, string? password)
    {
        if (InvitationOf(secret) is not { } invitation)
            return "This link has been used or has expired.";
        var (account, problem) = SignIns.Draft(name, password, invitation.Role, invitation.Organizations);
        if (account is null)
            return problem;
        var made = store.TryAddInvited(invitation.Hash, account, time.GetUtcNow());
        if (made != FirstAccount.Made)
            return made == FirstAccount.NameTaken ? SignIns.NameTaken : "This link has been used or has expired.";
        var key = account.Name;
        Note(key, "joined", key, $"{Words(invitation.Role, invitation.Organizations)}, invited by {invitation.MadeBy}");
        return "";
    }

    /// <summary>Changes role, organizations and whether somebody may sign in. Their sessions end.</summary>
    /// <param name="read">The account as whoever decides has seen it.</param>
    /// <param name="wish">What it shall be.</param>
    /// <param name="by">Who decides.</param>
    public string Change(Account read, AccountWish wish, string by)
    {
        if (ProblemOf(wish.Role, wish.Organizations) is { Length: > 0 } problem)
            return problem;
        if (!read.IsLocal && (wish.Role != read.Role || !wish.Organizations.SequenceEqual(read.Organizations)))
            return "Role and organizations of this person come from the identity provider.";
        var wanted = read with { Role = wish.Role, Organizations = wish.Organizations, IsDisabled = wish.IsDisabled };
        if (!store.TryChange(wanted, SecretToken.New("")))
            return store.FindAccount(read.Name)?.Version == read.Version ? LastAdministrator : Changed;
        Note(by, "changed", read.Name, Words(wish.Role, wish.Organizations) + (wish.IsDisabled ? ", disabled" : ""));
        return "";
    }

    public string Remove(string name, string by)
    {
        if (!store.TryRemove(name))
            return LastAdministrator;
        Note(by, "removed", name, "");
        return "";
    }

    /// <summary>Lets somebody try again before the lock ends.</summary>
    public void Unlock(string name, string by)
    {
        store.Unlock(name);
        Note(by, "unlocked", name, "");
    }

    /// <summary>Takes the second factor of somebody away who has lost it.</summary>
    public void ResetTotp(string name, string by)
    {
        factors.Remove(name);
        Note(by, "took the authenticator of", name, "");
    }

    /// <summary>Makes a token whose secret is shown once.</summary>
    public (ApiToken? Token, string Secret, string Problem) CreateToken(TokenWish wish, string by)
    {
        if (wish.Problem() is { Length: > 0 } problem)
            return (null, "", problem);
        var (token, secret) = tokens.Create(wish, by);
        var until = token.ExpiresAt is { } at ? at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "for ever";
        Note(by, "made the token", $"{token.Name} ({token.Id})", $"{Words(token.Role, token.Organizations)}, until {until}");
        return (token, secret, "");
    }

    public bool RevokeToken(string id, string by)
    {
        var isGone = tokens.Revoke(id);
        if (isGone)
            Note(by, "revoked the token", id, "");
        return isGone;
    }

    /// <summary>Writes down what people do to their own account.</summary>
    public void Note(string by, string what, string about, string detail) =>
        store.AddAct(new AccountAct(0, time.GetUtcNow(), by, what, about, detail));

    private static string ProblemOf(string role, IReadOnlyList<string> organizations) =>
        !Roles.OfPeople.Contains(role) ? $"The role must be one of {string.Join(", ", Roles.OfPeople)}."
        : role == Roles.Administrator && organizations.Count > 0 ? "Administrators see all organizations."
        : Identities.ProblemOf(organizations);

    private static string Words(string role, IReadOnlyList<string> organizations) =>
        organizations.Count == 0 ? role : $"{role} for {string.Join(", ", organizations)}";
}
