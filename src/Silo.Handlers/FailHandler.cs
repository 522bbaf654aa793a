using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Handlers;

/// <param name="Message">The failure's text.</param>
/// <param name="Code">The failure's code. Default <c>handler_failed</c>.</param>
/// <param name="Retry">False ends the task with its first failure. Default true.</param>
/// <param name="Times">Fails only this many attempts and succeeds then. Default: always fails.</param>
internal sealed record FailPayload(string Message, string Code = "handler_failed", bool Retry = true, int? Times = null);

internal sealed record FailResult(int Attempt);

/// <summary>Fails as asked: to see retries and errors without breaking anything.</summary>
internal sealed class FailHandler : ITaskHandler<FailPayload, FailResult>, IPayloadCheck<FailPayload>
{
    public PayloadProblem? Check(FailPayload payload)
    {
        if (!HandlerTable.IsTypeName(payload.Code))
            return new PayloadProblem("payload.code", $"must be 1 to {TaskLimits.NameLengthMax} ASCII letters, digits, '.', '_' or '-'");
        return payload.Times < 0 ? new PayloadProblem("payload.times", $"{payload.Times} is less than 0") : null;
    }

    public Task<FailResult> RunAsync(FailPayload payload, TaskContext context, CancellationToken cancellationToken) =>
        context.Attempt > (payload.Times ?? int.MaxValue)
            ? Task.FromResult(new FailResult(context.Attempt))
            : Task.FromException<FailResult>(new TaskFailedException(payload.Code, payload.Message, payload.Retry));
}
