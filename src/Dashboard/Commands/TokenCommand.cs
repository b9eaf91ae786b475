using System.CommandLine;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>token create|list|revoke</c>: API tokens, from the machine itself.</summary>
internal static class TokenCommand
{
    private const string Actor = "command line";

    public static Command Create(CommandSurroundings surroundings) =>
        new("token", "API tokens of programs.") { CreateToken(surroundings), ListTokens(surroundings), RevokeToken(surroundings) };

    private static Command CreateToken(CommandSurroundings surroundings)
    {
        var role = new Option<string>("--role") { Description = $"One of {string.Join(", ", Roles.OfTokens)}.", Required = true };
        role.AcceptOnlyFromAmong([.. Roles.OfTokens]);
        var name = new Option<string>("--name") { Description = "What the token is for.", Required = true };
        var scopes = new Option<string?>("--scopes")
        {
            Description = $"What it is limited to, of what its role may: {string.Join(",", Policies.Table.Keys)}. Default all of it.",
        };
        var days = new Option<int?>("--expires-days") { Description = "Days until it stops working. Default never." };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var create = new Command("create", "Makes an API token and prints it once; only its hash is kept.") { role, name, scopes, days, data, config };
        create.SetAction(parsed =>
        {
            var wish = new TokenWish(parsed.GetRequiredValue(name), parsed.GetRequiredValue(role))
            {
                Scopes = Split(parsed.GetValue(scopes)),
                Lifetime = parsed.GetValue(days) is { } count ? TimeSpan.FromDays(count) : null,
            };
            // Before anything is opened: a wrong wish must not leave a folder behind.
            if (wish.Problem() is { Length: > 0 } problem)
                throw new UsageException(problem);
            using var store = Open(parsed.GetRequiredValue(data), parsed.GetValue(config));
            var (token, secret) = new ApiTokens(store, surroundings.Clock).Create(wish, Actor);
            Note(store, surroundings, "made the token", $"{token.Name} ({token.Id})", token.Role);
            surroundings.Output.WriteLine(secret);
            return ExitCode.Done;
        });
        return create;
    }

    private static Command ListTokens(CommandSurroundings surroundings)
    {
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var list = new Command("list", "Prints the tokens, newest first: identifier, role, name and when they end.") { data, config };
        list.SetAction(parsed =>
        {
            using var store = Open(parsed.GetRequiredValue(data), parsed.GetValue(config));
            foreach (var token in store.Tokens())
            {
                var end = token.ExpiresAt is { } at ? $"until {at.UtcDateTime:yyyy-MM-dd}" : "for ever";
                var scopes = token.Scopes.Count == 0 ? "" : $" ({string.Join(',', token.Scopes)})";
                surroundings.Output.WriteLine($"{token.Id}  {token.Role}{scopes}  {token.Name}  {end}");
            }
            return ExitCode.Done;
        });
        return list;
    }

    private static Command RevokeToken(CommandSurroundings surroundings)
    {
        var id = new Argument<string>("id") { Description = "The identifier that list prints." };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var revoke = new Command("revoke", "Revokes a token; it stops working within two seconds.") { id, data, config };
        revoke.SetAction(parsed =>
        {
            using var store = Open(parsed.GetRequiredValue(data), parsed.GetValue(config));
            if (!store.RemoveToken(parsed.GetRequiredValue(id)))
                throw new UsageException($"{parsed.GetRequiredValue(id)}: There is no such token.");
            Note(store, surroundings, "revoked the token", parsed.GetRequiredValue(id), "");
            return ExitCode.Done;
        });
        return revoke;
    }

    /// <summary>The accounts of the settings: in the data folder, or in the database that several processes share.</summary>
    private static IdentityStore Open(string folder, string? config)
    {
        var settings = SettingsFile.ReadValid(SettingsFile.Read(config));
        try
        {
            return settings.Storage.OpenIdentities(DataFolder.OpenOrCreate(folder));
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or System.Data.Common.DbException)
        {
            throw new UsageException(fault.Message.ReplaceLineEndings(" "));
        }
    }

    private static void Note(IdentityStore store, CommandSurroundings surroundings, string what, string about, string detail) =>
        store.AddAct(new AccountAct(0, surroundings.Clock.GetUtcNow(), Actor, what, about, detail));

    private static string[] Split(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
