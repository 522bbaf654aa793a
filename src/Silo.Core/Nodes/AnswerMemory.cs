using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>The latest answers of an incarnation, so that a report which is repeated because its answer was lost gets the same one. Bounded: the oldest go.</summary>
/// <remarks>Every task adds an answer and next to none is asked for again, so the index is made when somebody asks.</remarks>
internal sealed class AnswerMemory
{
    public const int AnswersMax = 8192;

    private readonly List<RecordedOutcome> _answers = [];
    private Dictionary<(TaskId, int), RecordedOutcome>? _index;
    private int _oldest;

    public void Add(RecordedOutcome answer)
    {
        _index = null;
        if (_answers.Count < AnswersMax)
        {
            _answers.Add(answer);
            return;
        }

        _answers[_oldest] = answer;
        _oldest = (_oldest + 1) % AnswersMax;
    }

    public RecordedOutcome? Find(TaskId id, int attempt) => (_index ??= Index()).TryGetValue((id, attempt), out var answer) ? answer : null;

    public void Clear()
    {
        _answers.Clear();
        (_index, _oldest) = (null, 0);
    }

    private Dictionary<(TaskId, int), RecordedOutcome> Index()
    {
        var index = new Dictionary<(TaskId, int), RecordedOutcome>(_answers.Count);
        for (var age = 0; age < _answers.Count; age++)
        {
            var answer = _answers[(_oldest + age) % _answers.Count];
            index[(answer.Id, answer.Attempt)] = answer;
        }

        return index;
    }
}
