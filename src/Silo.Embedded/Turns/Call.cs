using Silo.Core.Engine;

namespace Silo.Embedded.Turns;

/// <summary>A call that an actor has not answered yet; the cell keeps them in a list, to fail them when the actor goes away.</summary>
internal abstract class Call
{
    public LinkedListNode<Call>? Place { get; set; }

    public abstract Task RunAsync();

    public abstract void Fail(ActorUnavailableException problem);
}

/// <summary>One request on its way through an actor's turns to its reply.</summary>
internal sealed class Call<TActor, TRequest, TReply>(
    ActorCell<TActor> cell, TRequest request, Func<TActor, TRequest, Task<TReply>> method, bool reencode) : Call
    where TActor : class
{
    // The caller's code never runs inside this actor's turn.
    private readonly TaskCompletionSource<TReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TReply> Reply => _reply.Task;

    public override async Task RunAsync()
    {
        try
        {
            var actor = await cell.WhenStartedAsync();
            var reply = await method(actor, request);
            _reply.TrySetResult(reencode ? Reencoding.Copy(reply) : reply);
        }
        catch (Exception problem)
        {
            _reply.TrySetException(problem);
        }
        finally
        {
            cell.End(this);
        }
    }

    public override void Fail(ActorUnavailableException problem) => _reply.TrySetException(problem);
}
