using System.CommandLine;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>token create</c>: makes an API token and prints it once.</summary>
internal static class TokenCommand
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var role = new Option<string>("--role") { Description = $"One of {string.Join(", ", Roles.OfTokens)}.", Required = true };
        role.AcceptOnlyFromAmong([.. Roles.OfTokens]);
        var name = new Option<string>("--name") { Description = "What the token is for.", Required = true };
        name.Validators.Add(result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (text.Length is 0 or > ApiTokens.NameCharactersMax || text.Any(char.IsControl))
                result.AddError($"--name must have 1 to {ApiTokens.NameCharactersMax} printable characters.");
        });
        var data = SharedOptions.Data();
        var create = new Command("create", "Makes an API token and prints it once; only its hash is kept.") { role, name, data };
        create.SetAction(parsed =>
        {
            var folder = DataFolder.OpenOrCreate(parsed.GetRequiredValue(data));
            using var store = new IdentityStore(folder);
            var tokens = new ApiTokens(store, surroundings.Clock);
            surroundings.Output.WriteLine(tokens.Create(parsed.GetRequiredValue(name), parsed.GetRequiredValue(role)));
            return ExitCode.Done;
        });
        return new Command("token", "API tokens of programs.") { create };
    }
}
