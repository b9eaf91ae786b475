using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Passwords and authenticators of the local accounts, counted and locked as at the form of the sign-in.</summary>
internal sealed class PasswordCheck(SignIns signIns, SecondFactors factors, IdentityStore store) : IPasswordCheck
{
    public PasswordProof ProofOf(string name) => store.FindAccount(name) switch
    {
        { IsLocal: true, HasTotp: true } => PasswordProof.PasswordAndCode,
        { IsLocal: true } => PasswordProof.Password,
        _ => PasswordProof.None,
    };

    public bool IsRight(string name, string password, string code) =>
        signIns.Check(name, password) is { } account && (!account.HasTotp || factors.Check(account, code));
}
