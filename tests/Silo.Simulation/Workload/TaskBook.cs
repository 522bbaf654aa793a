using Silo.Core.Tasks;

namespace Silo.Simulation.Workload;

/// <summary>Every task a client ever asked for, and what was told about it: kept outside Silo.</summary>
internal sealed class TaskBook
{
    private readonly Dictionary<TaskId, TaskScript> _scripts = [];
    private readonly Dictionary<string, TaskId> _acknowledgedKeys = [];
    private readonly List<TaskId> _acknowledged = [];

    public IReadOnlyList<TaskId> Acknowledged => _acknowledged;

    public IReadOnlyCollection<TaskScript> All => _scripts.Values;

    public void Write(TaskScript script) => _scripts[script.Spec.Id] = script;

    public TaskScript? Find(TaskId id) => _scripts.GetValueOrDefault(id);

    /// <summary>The client was told that this task is stored under this key.</summary>
    /// <returns>The task that was acknowledged for the key before, when it is another.</returns>
    public TaskId? Acknowledge(TaskId id, string? key)
    {
        if (_scripts.TryGetValue(id, out var script) && !script.Acknowledged)
        {
            script.Acknowledged = true;
            _acknowledged.Add(id);
        }

        if (key is null || _acknowledgedKeys.TryAdd(key, id))
        {
            return null;
        }

        return _acknowledgedKeys[key] == id ? null : _acknowledgedKeys[key];
    }
}
