using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Custody.Sharing;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Whose payloads are to be erased, and why.</summary>
internal sealed record ErasureBody(
    [property: Required, StringLength(256, MinimumLength = 1)] string? Subject,
    [property: Required, StringLength(500, MinimumLength = 3)] string? Reason);

/// <summary>What became of an order to erase.</summary>
internal sealed record ErasureAnswer(bool IsDone, string Detail);

/// <summary>How far an erasure in the files of several processes has come. It names nobody.</summary>
internal sealed record FileErasureState(long Number, DateTimeOffset At, long Records, IReadOnlyList<FileKeeper> Outstanding);

/// <summary>Evidence packs, and the erasure of a person's payloads. For those who oversee; each use is evidence itself.</summary>
internal static class EvidenceApi
{
    private const int ReasonCharactersMax = 500;
    private const int ErasuresMax = 100;

    public static void MapEvidence(this IEndpointRouteBuilder api)
    {
        var oversee = api.MapGroup("").RequireAuthorization(Policies.Oversee);
        oversee.MapGet("/incidents/{id}/evidence", PackAsync).WithName("GetEvidencePack")
            .WithSummary("The evidence pack of an incident (.zip), to be checked with sentinel evidence verify");
        oversee.MapPost("/erasures", EraseAsync).WithName("EraseSubject")
            .WithSummary("Erases a person's payloads for good; takes two different people");
        oversee.MapGet("/erasures", ErasuresAsync).WithName("ListErasures")
            .WithSummary("Erasures in the files of several processes, and which have yet to carry them out; persons are not named");
        oversee.MapDelete("/erasures/processes/{id}", RemoveProcessAsync).WithName("RemoveErasingProcess")
            .WithSummary("Takes a process that never comes back out of all erasures; its files must be destroyed");
        oversee.MapPost("/holds",
            (ErasureBody body, ClaimsPrincipal person, IServiceProvider services, CancellationToken cancel) =>
            HoldAsync(HoldOrder.Hold, body, person, services, cancel)).WithName("HoldSubject")
                .WithSummary("Puts a person under a legal hold");
        oversee.MapPost("/holds/lift",
            (ErasureBody body, ClaimsPrincipal person, IServiceProvider services, CancellationToken cancel) =>
            HoldAsync(HoldOrder.Lift, body, person, services, cancel)).WithName("LiftHold")
                .WithSummary("Lifts a person's legal hold");
        oversee.MapGet("/custodians", Custodians).WithName("ListCustodians")
            .WithSummary("Processes that hold the key of persons' keys, and whether one still has a key from before the last erasure");
        oversee.MapDelete("/custodians/{id}", RemoveAsync).WithName("RemoveCustodian")
            .WithSummary("Takes out a process that never comes back");
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> PackAsync(
        string id, ClaimsPrincipal person, ICaseReader cases, IServiceProvider services, HttpRequest request,
        CancellationToken cancel)
    {
        if (services.GetService<MonitorParts>() is not { } parts || await cases.IncidentAsync(id, cancel) is null)
            return Problems.NotFound("incident");
        if (parts.Evidence is not { } evidence)
            return KeptElsewhere();
        var by = Identities.NameOf(person);
        var now = parts.Plan.Clock.GetUtcNow();
        var reason = request.Query["reason"].ToString();
        if (reason.Length > ReasonCharactersMax)
            return Problems.Of(StatusCodes.Status400BadRequest, "The reason is too long.", $"At most {ReasonCharactersMax} characters.");
        // Written down before it is given out.
        await parts.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Read, id, now, new { action = "exported", by, reason })], cancel);
        var origin = new PackOrigin(now, by, EvidenceVersions.Program, reason);
        var reports = await parts.Compliance.PackedAsync(id, by, cancel);
        var pack = await evidence.PackAsync(parts.Plan.DataFolder, id, origin, reports, cancel);
        return pack is null
            ? Problems.NotFound("evidence of this incident")
            : TypedResults.File(pack, "application/zip", $"evidence-{id}.zip");
    }

    private static async Task<Results<Ok<ErasureAnswer>, ProblemHttpResult>> EraseAsync(
        ErasureBody body, ClaimsPrincipal person, IServiceProvider services, CancellationToken cancel)
    {
        var (subject, reason, problem) = Asked(body);
        if (problem is not null)
            return problem;
        if (services.GetService<SubjectErasure>() is not { } erasure)
            return services.GetService<MonitorParts>() is null ? Problems.NotFound("evidence log") : KeptElsewhere();
        var outcome = await erasure.OrderAsync(subject, Identities.NameOf(person), reason, cancel);
        return TypedResults.Ok(new ErasureAnswer(outcome.IsDone, outcome.Detail));
    }

    private static async Task<Results<Ok<ErasureAnswer>, ProblemHttpResult>> HoldAsync(
        HoldOrder order, ErasureBody body, ClaimsPrincipal person, IServiceProvider services, CancellationToken cancel)
    {
        var (subject, reason, problem) = Asked(body);
        if (problem is not null)
            return problem;
        if (services.GetService<SubjectErasure>() is not { } erasure)
            return services.GetService<MonitorParts>() is null ? Problems.NotFound("evidence log") : KeptElsewhere();
        return TypedResults.Ok(
            new ErasureAnswer(true, await erasure.HoldAsync(subject, Identities.NameOf(person), reason, order, cancel)));
    }

    private static Results<Ok<IReadOnlyList<Custodian>>, ProblemHttpResult> Custodians(IServiceProvider services)
    {
        if (services.GetService<MonitorParts>()?.Evidence is not { } evidence)
            return services.GetService<MonitorParts>() is null ? Problems.NotFound("evidence log") : KeptElsewhere();
        return TypedResults.Ok(evidence.Shared?.Vault.Custodians() ?? []);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string id, ClaimsPrincipal person, IServiceProvider services, CancellationToken cancel)
    {
        if (services.GetService<MonitorParts>()?.Evidence is not { } evidence)
            return services.GetService<MonitorParts>() is null ? Problems.NotFound("evidence log") : KeptElsewhere();
        if (evidence.Shared is not { } custody)
            return Problems.NotFound("custodian");
        if (id == custody.Signer.Own.Id)
            return Problems.Of(StatusCodes.Status409Conflict, "A process does not take out itself.", "Ask another one with the role respond.");
        if (custody.Vault.IsPresent(id))
            return Problems.Of(
                StatusCodes.Status409Conflict, "This process was seen within the last minute.",
                "Only one that never comes back is taken out. Stop it, wait a minute, and order the same again.");
        return await custody.RemoveAsync(id, Identities.NameOf(person), cancel) is null
            ? Problems.NotFound("custodian") : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<IReadOnlyList<FileErasureState>>, ProblemHttpResult>> ErasuresAsync(
        IServiceProvider services, CancellationToken cancel)
    {
        if (services.GetService<MonitorParts>() is not { } parts)
            return Problems.NotFound("evidence log");
        var orders = await parts.Store.FileErasuresAsync(ErasuresMax, cancel);
        return TypedResults.Ok<IReadOnlyList<FileErasureState>>(
        [
            .. orders.Reverse().Select(
                order => new FileErasureState(order.Number, order.At, order.Records, order.Outstanding)),
        ]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveProcessAsync(
        string id, ClaimsPrincipal person, IServiceProvider services, CancellationToken cancel)
    {
        if (services.GetService<MonitorParts>() is not { } parts)
            return Problems.NotFound("process");
        if (id == parts.Erasures?.Id)
            return Problems.Of(StatusCodes.Status409Conflict, "A process does not take out itself.", "Ask another one.");
        if (!await parts.Store.RemoveFileKeeperAsync(id, parts.Plan.Clock.GetUtcNow(), cancel))
            return Problems.NotFound("process");
        await parts.Store.EnterEvidenceAsync(
            [
                CaseEvidence.Act(EvidenceKind.Erasure, "process", parts.Plan.Clock.GetUtcNow(),
                    new { action = "took a process out of erasures", by = Identities.NameOf(person), process = id }),
            ],
            cancel);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult KeptElsewhere() => Problems.Of(
        StatusCodes.Status503ServiceUnavailable, "The evidence log is not kept here.", "Ask the process with the role respond.");

    private static (string Subject, string Reason, ProblemHttpResult? Problem) Asked(ErasureBody body)
    {
        var (subject, reason) = (body.Subject?.Trim() ?? "", body.Reason?.Trim() ?? "");
        return subject.Length is 0 or > 256 || reason.Length is < 3 or > ReasonCharactersMax
            ? (subject, reason, Problems.Of(StatusCodes.Status400BadRequest, "A person and a reason are needed.",
                "Send {\"subject\":\"…\",\"reason\":\"…\"}."))
            : (subject, reason, null);
    }
}
