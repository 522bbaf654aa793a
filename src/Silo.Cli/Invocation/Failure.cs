using Silo.Client;

namespace Silo.Cli.Invocation;

/// <summary>What an exception means to the person who typed the command.</summary>
internal sealed record Failure(ExitCode ExitCode, string Message)
{
    /// <returns>Null for an exception that is a defect: it is left to end the program with all it says.</returns>
    public static Failure? Of(Exception exception, CancellationToken stopping) => exception switch
    {
        CommandException command => new(command.ExitCode, command.Message),
        SiloApiException refused => new(Of(refused), refused.Message),
        HttpRequestException unreached => new(ExitCode.Unreachable, $"The server does not answer: {unreached.Message} Is it up? Give its address with --server."),
        TimeoutException late => new(ExitCode.Unreachable, late.Message),
        OperationCanceledException when stopping.IsCancellationRequested => new(ExitCode.Interrupted, "Interrupted."),
        _ => null,
    };

    private static ExitCode Of(SiloApiException refused) => (int)refused.Status switch
    {
        401 or 403 => ExitCode.Unauthorized,
        404 => ExitCode.NotFound,
        409 => ExitCode.Conflict,
        >= 400 and < 500 => ExitCode.Usage,
        _ => ExitCode.Unreachable,
    };
}
