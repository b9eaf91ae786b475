using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Written rules: what each does, what is wrong with their folder, and promoting one.</summary>
internal static class RulesApi
{
    private const int ReasonCharactersMin = 3;
    private const int ReasonCharactersMax = 500;

    public static void MapRules(this IEndpointRouteBuilder api)
    {
        api.MapGet("/rules", List).RequireAuthorization(Policies.View)
            .WithName("ListRules").WithSummary("Written rules by name, with their stages and counts, and the problems of their folder");
        api.MapPut("/rules/{name}/stage", SetStageAsync).RequireAuthorization(Policies.Engineer)
            .WithName("SetRuleStage").WithSummary("Puts a written rule into another stage");
    }

    private static Results<Ok<RulesAnswer>, ValidationProblem> List(
        HttpRequest request, [FromServices] RuleShelf shelf, IMonitorStatus monitor)
    {
        var query = new ListQuery(request);
        var (after, limit, stage) = (query.After, query.Limit, query.Name<DetectorStage>("stage"));
        if (query.Problem() is { } problem)
            return problem;
        var (state, counts) = (shelf.State, monitor.RuleCounts);
        var rest = state.Rules.Rules
            .Where(rule => stage is null || rule.Stage == stage)
            .Where(rule => after is null || string.CompareOrdinal(rule.Name, after) > 0)
            .Take(limit + 1).ToList();
        var page = rest.Take(limit).Select(rule => AnswerOf(rule, shelf, counts)).ToList();
        var next = rest.Count > limit ? page[^1].Name : null;
        return TypedResults.Ok(new RulesAnswer(
            page, next, state.LoadedAt, state.ReloadCount, state.FailureCount, state.Problems));
    }

    private static async Task<Results<Ok<RuleAnswer>, ProblemHttpResult>> SetStageAsync(
        string name, RuleStageBody body, ClaimsPrincipal person, [FromServices] RuleShelf shelf, IMonitorStatus monitor,
        HttpContext context)
    {
        var reason = body.Reason?.Trim() ?? "";
        if (body.Stage is not { } stage || reason.Length is < ReasonCharactersMin or > ReasonCharactersMax)
            return Problems.Of(StatusCodes.Status400BadRequest, "A stage and a reason are needed.",
                $"Send {{\"stage\":\"shadow\",\"reason\":\"…\"}} with a reason of {ReasonCharactersMin} to {ReasonCharactersMax} characters.");
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var decision = new RuleStageDecision(stage, Identities.NameOf(person), clock.GetUtcNow(), reason);
        if (!shelf.Decide(name, decision))
            return Problems.NotFound("rule");
        await (context.RequestServices.GetService<ActTrail>() ?? ActTrail.None)
            .StagedAsync(name, decision, context.RequestAborted);
        return TypedResults.Ok(AnswerOf(shelf.Current.Rules.First(rule => rule.Name == name), shelf, monitor.RuleCounts));
    }

    private static RuleAnswer AnswerOf(StagedRule rule, RuleShelf shelf, IReadOnlyDictionary<string, RuleCount> counts) =>
        RuleAnswer.Of(rule, shelf.Decisions.GetValueOrDefault(rule.Name), counts.GetValueOrDefault(rule.Name));
}
