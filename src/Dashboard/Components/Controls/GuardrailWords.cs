using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>What each guardrail is for, in the words of somebody who has to decide what to do next.</summary>
public static class GuardrailWords
{
    /// <summary>A guardrail's name for people.</summary>
    public static string Name(string guardrail) => Of(guardrail).Name;

    /// <summary>Why it exists and what a person can do about it; empty for a name that is not known.</summary>
    public static string Meaning(string guardrail) => Of(guardrail).Meaning;

    private static (string Name, string Meaning) Of(string guardrail) => guardrail switch
    {
        Guardrails.BreakGlass => ("Emergency access",
            "Care comes first: emergency access is never blocked. It waits in the review queue instead."),
        Guardrails.Protected => ("Protected",
            "This target is on the protected list, so nobody can contain it from here. An administrator can change the list in the settings."),
        Guardrails.TtlLimit => ("Too long",
            "A containment may last only so long. Shorten the time in the playbook."),
        Guardrails.OnePerTarget => ("Contained already",
            "A containment of this target is in force or on its way. Nothing more is needed."),
        Guardrails.Quorum => ("Validators needed",
            "Cutting this validator off could stop the whole ledger. Release another one first, or add validators."),
        Guardrails.AmbiguousTarget => ("Several could be meant",
            "The incident does not say which of several is meant, and guessing could hit the wrong one. Look at the incident and choose."),
        Guardrails.KillSwitch => ("Kill switch",
            "Automatic containment is switched off. People can still approve actions; whoever switched it off can switch it on."),
        Guardrails.DryRun => ("Dry run",
            "The monitor is set to change nothing and only to say what it would do. An administrator can end that in the settings."),
        Guardrails.Cooldown => ("Left alone for a while",
            "A containment of this target has just ended, and automation does not contain it again at once. A person can."),
        Guardrails.CapPerKind => ("Enough of this kind",
            "As many of this kind as allowed have been contained lately. Wait until the window has moved on, or undo one that was wrong."),
        Guardrails.CapTotal => ("Enough in all",
            "As much as allowed has been contained lately. Wait until the window has moved on, or undo what was wrong."),
        Guardrails.StaffShare => ("Too much of the staff",
            "More of this organization's staff would be suspended at once than care can do without. Reinstate somebody first."),
        Guardrails.NodeShare => ("Too many of its nodes",
            "More of this organization's nodes would be cut off at once than it can do without. Release one first."),
        Guardrails.Maintenance => ("Maintenance",
            "Planned work looks strange, so automation leaves this target alone until it is over. A person can act."),
        "approval" => ("Approval",
            "The approvals that were given do not cover this action any more: they expired, or it takes another person."),
        _ => (guardrail, ""),
    };
}
