using System.Text.Json;

namespace SentinelHealth.Dashboard.Access;

/// <summary>When several questions are done.</summary>
internal enum AccessSemantic
{
    /// <summary>When all are answered.</summary>
    ExecuteAll,

    /// <summary>At the first that is denied, or wrong.</summary>
    DenyOnFirstDeny,

    /// <summary>At the first that is permitted.</summary>
    PermitOnFirstPermit,
}

/// <summary>Reads <c>options.evaluations_semantic</c>.</summary>
internal static class AccessSemantics
{
    /// <summary>What the request wants; null when it says something else.</summary>
    public static AccessSemantic? Of(JsonElement root)
    {
        if (!root.TryGetProperty("options", out var options) || options.ValueKind == JsonValueKind.Null)
            return AccessSemantic.ExecuteAll;
        if (options.ValueKind != JsonValueKind.Object)
            return null;
        if (!options.TryGetProperty("evaluations_semantic", out var semantic))
            return AccessSemantic.ExecuteAll;
        if (semantic.ValueKind != JsonValueKind.String)
            return null;
        return semantic.ValueEquals("execute_all"u8) ? AccessSemantic.ExecuteAll
            : semantic.ValueEquals("deny_on_first_deny"u8) ? AccessSemantic.DenyOnFirstDeny
            : semantic.ValueEquals("permit_on_first_permit"u8) ? AccessSemantic.PermitOnFirstPermit
            : null;
    }

    /// <summary>Whether an answer ends the request.</summary>
    public static bool IsEndedBy(this AccessSemantic semantic, bool isPermitted) => semantic switch
    {
        AccessSemantic.DenyOnFirstDeny => !isPermitted,
        AccessSemantic.PermitOnFirstPermit => isPermitted,
        _ => false,
    };
}
