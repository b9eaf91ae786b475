using System.Security.Claims;
using System.Text.Json;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>Somebody an identity provider vouches for.</summary>
/// <param name="Issuer">The provider.</param>
/// <param name="Claims">Of the checked ID token.</param>
/// <param name="More">Of the user-info endpoint; undefined without one.</param>
/// <param name="SignedInAt">When they last proved who they are; null when the provider does not say.</param>
internal sealed record ProviderPerson(string Issuer, JsonElement Claims, JsonElement More, DateTimeOffset? SignedInAt);

/// <summary>Accounts of people who come from the identity provider: made at their first sign-in, and brought up to date at each.</summary>
internal sealed class ProviderMembers(IdentityStore store, Sessions sessions, AccountDesk desk, TimeProvider time)
{
    private const string Actor = "identity provider";

    /// <summary>Starts a session for somebody who has a role here.</summary>
    /// <exception cref="IdTokenException">They have none, are disabled, or their name is somebody else's.</exception>
    public ClaimsPrincipal Enter(ProviderSection provider, ProviderPerson person, HttpContext context)
    {
        var role = ProviderClaims.RoleOf(provider, person.Claims, person.More)
            ?? throw new IdTokenException("The person has no role here.");
        var organizations = ProviderClaims.OrganizationsOf(provider, person.Claims, person.More)
            ?? throw new IdTokenException("The person belongs to no organization here.");
        var subject = IdToken.Text(person.Claims, "sub");
        var account = store.FindAccount(person.Issuer, subject) ?? Add(person, subject, role, organizations);
        if (account.IsDisabled)
            throw new IdTokenException("The account is disabled here.");
        account = BroughtUpToDate(account, role, organizations);
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        sessions.End(context.User);
        // A provider that does not say when gives nobody a fresh sign-in.
        var signedInAt = person.SignedInAt ?? DateTimeOffset.UnixEpoch;
        return sessions.Start(account, address, context.Request.Headers.UserAgent.ToString(), signedInAt);
    }

    private Account Add(ProviderPerson person, string subject, string role, IReadOnlyList<string> organizations)
    {
        var name = NameOf(person) ?? throw new IdTokenException("The person's name cannot be a name here.");
        var account = new Account(name, "", role, SecretToken.New(""))
        {
            Organizations = organizations,
            Issuer = person.Issuer,
            Subject = subject,
        };
        // A name is never taken over: the provider's "root" is not ours.
        if (!store.TryAddAccount(account, time.GetUtcNow()))
            throw new IdTokenException("The person's name is somebody else's here.");
        desk.Note(Actor, "joined", name, role);
        return store.FindAccount(name)!;
    }

    /// <summary>The provider decides about role and organizations; what changed ends the sessions that were started before.</summary>
    private Account BroughtUpToDate(Account account, string role, IReadOnlyList<string> organizations)
    {
        if (account.Role == role && account.Organizations.SequenceEqual(organizations))
            return account;
        if (!store.TryChange(account with { Role = role, Organizations = organizations }, SecretToken.New("")))
            throw new IdTokenException("The account could not be brought up to date.");
        desk.Note(Actor, "changed", account.Name, role);
        return store.FindAccount(account.Name)!;
    }

    private static string? NameOf(ProviderPerson person)
    {
        foreach (var claim in (string[])["preferred_username", "email", "sub"])
        {
            var name = IdToken.Text(person.Claims, claim);
            if (name.Length == 0 && person.More.ValueKind == JsonValueKind.Object)
                name = IdToken.Text(person.More, claim);
            if (SignIns.Normalize(name.Replace('@', '.')) is { } normal)
                return normal;
        }
        return null;
    }
}
