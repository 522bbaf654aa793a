namespace Silo.Core.Handlers;

/// <summary>A handler implements this to refuse payloads that have the right form and a wrong content; asked when a task is submitted and before each attempt.</summary>
public interface IPayloadCheck<in TPayload>
{
    /// <returns>Null, or what is wrong with which field.</returns>
    PayloadProblem? Check(TPayload payload);
}
