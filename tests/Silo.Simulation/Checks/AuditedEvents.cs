using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Checks;

/// <summary>Judges that whatever is told has been committed, and passes it on to whoever listens.</summary>
internal sealed class AuditedEvents(SimWorld world, SimStore store, CommitHistory history, LiveEvents live) : IEventSink
{
    public bool Listening => true;

    public void Publish(IReadOnlyList<TaskEvent> events)
    {
        foreach (var happened in events)
        {
            if (!IsTrue(happened))
            {
                world.Fail("no event before its commit", $"{happened.Kind} of {happened.Id} attempt {happened.Attempt}, state {happened.State}");
            }
        }

        live.Publish(events);
    }

    private bool IsTrue(TaskEvent happened) => happened.Kind switch
    {
        TaskEventKind.Submitted => history.WasInserted(happened.Id),
        TaskEventKind.Cancelling => store.WasCancelRequested(happened.Id),
        TaskEventKind.Recorded when happened.State.IsTerminal() => history.WasTerminal(happened.Id, happened.State),
        TaskEventKind.Recorded => store.WasRecorded(happened.Id, happened.Attempt),
        _ => true,
    };
}
