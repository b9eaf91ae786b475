using SentinelHealth.Response.Access;

namespace SentinelHealth.Dashboard.Access;

/// <summary>Answers questions about accesses: looks up, decides, records. Safe from many threads.</summary>
internal sealed class AccessDesk(AccessView view, AccessTrail trail, AccessOptions options, TimeProvider clock)
{
    /// <summary>Now, by the clock of the network.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>What a strong sign-in is, for obligations.</summary>
    public AccessOptions Options => options;

    /// <summary>The answer with the identifier of its event; null when it could not be recorded and so is not given.</summary>
    public async ValueTask<(string Id, AccessDecision Decision)?> AnswerAsync(
        AccessRequest request, string askedBy, string requestId)
    {
        var decision = AccessDecider.Decide(request, view.FactsOf(request), options);
        var answer = new AccessEvent($"access:{Guid.CreateVersion7(request.At):N}", request, decision, askedBy, requestId);
        if (request.IsBreakGlass)
            await trail.AddEmergencyAsync(answer);
        else if (!trail.TryAdd(answer))
            return null;
        return (answer.Id, decision);
    }
}
