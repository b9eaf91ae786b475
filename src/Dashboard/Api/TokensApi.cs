using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Api;

/// <summary>A token without its secret.</summary>
internal sealed record TokenAnswer(
    string Id, string Name, string Role, IReadOnlyList<string> Scopes, IReadOnlyList<string> Organizations,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? UsedAt)
{
    public static TokenAnswer Of(ApiToken token) => new(
        token.Id, token.Name, token.Role, token.Scopes, token.Organizations, token.CreatedAt, token.CreatedBy, token.ExpiresAt,
        token.UsedAt);
}

/// <summary>What a new token shall be.</summary>
internal sealed record TokenBody(
    [property: Required] string? Name, [property: Required] string? Role, IReadOnlyList<string>? Scopes,
    IReadOnlyList<string>? Organizations, [property: Range(1, 3_650)] int? ExpiresInDays);

/// <summary>A new token: the secret is shown here and never again.</summary>
internal sealed record NewTokenAnswer(TokenAnswer Token, string Secret);

/// <summary>Tokens of programs.</summary>
internal static class TokensApi
{
    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/tokens").RequireAuthorization(Policies.Administer);
        group.MapGet("", (ApiTokens tokens) => TypedResults.Ok(tokens.All().Select(TokenAnswer.Of).ToList()))
            .WithName("ListTokens").WithSummary("Tokens of programs, newest first, without their secrets");
        group.MapPost("", Create).WithName("CreateToken").WithSummary("Makes a token; its secret is in this answer and nowhere else");
        group.MapDelete("/{id}", Revoke).WithName("RevokeToken").WithSummary("Revokes a token; it stops working within two seconds");
    }

    private static Results<Created<NewTokenAnswer>, ProblemHttpResult> Create(
        TokenBody body, AccountDesk desk, ClaimsPrincipal person)
    {
        var wish = new TokenWish(body.Name?.Trim() ?? "", body.Role ?? "")
        {
            Scopes = body.Scopes ?? [],
            Organizations = body.Organizations ?? [],
            Lifetime = body.ExpiresInDays is { } days ? TimeSpan.FromDays(days) : null,
        };
        var (token, secret, problem) = desk.CreateToken(wish, Identities.NameOf(person));
        return token is null
            ? Problems.Of(StatusCodes.Status400BadRequest, "No token was made.", problem)
            : TypedResults.Created($"/api/v1/tokens/{token.Id}", new NewTokenAnswer(TokenAnswer.Of(token), secret));
    }

    private static Results<NoContent, ProblemHttpResult> Revoke(string id, AccountDesk desk, ClaimsPrincipal person) =>
        desk.RevokeToken(id, Identities.NameOf(person)) ? TypedResults.NoContent() : Problems.NotFound("token");
}
