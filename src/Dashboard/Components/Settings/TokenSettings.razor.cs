using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Components.Settings;

/// <summary>Tokens of programs.</summary>
public partial class TokenSettings
{
    private readonly HashSet<string> _scopes = new(StringComparer.Ordinal);
    private IReadOnlyList<ApiToken> _tokens = [];
    private string _name = "", _role = Roles.Viewer, _secret = "";
    private int _days = 90;

    [Inject] private ApiTokens Tokens { get; set; } = default!;

    /// <inheritdoc/>
    protected override void Load() => _tokens = Tokens.All();

    private void Tick(string scope, bool isTicked)
    {
        if (isTicked) _scopes.Add(scope);
        else _scopes.Remove(scope);
    }

    private Task CreateAsync() => OrderAsync(by =>
    {
        var wish = new TokenWish(_name.Trim(), _role)
        {
            Scopes = [.. _scopes.Order(StringComparer.Ordinal)],
            Lifetime = _days > 0 ? TimeSpan.FromDays(_days) : null,
        };
        (_, _secret, var problem) = Desk.CreateToken(wish, by);
        if (problem.Length == 0) _name = "";
        return problem;
    }, "");

    private Task RevokeAsync(string id) =>
        OrderAsync(by => Desk.RevokeToken(id, by) ? "" : "There is no such token any more.", "The token does not work any more.");
}
