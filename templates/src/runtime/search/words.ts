/** A stem, or the stems of a phrase, that a word may mean. */
interface Variant {
  readonly stems: readonly string[];
  /** How likely, from 0 to 1. */
  readonly weight: number;
}

const ABBREVIATION = 0.9;
const SYNONYM = 0.75;
/** The maximum number of words of a phrase in the thesaurus. */
export const LONGEST_PHRASE = 3;

// Stop words: they say nothing about what the query asks for.
const STOP = `
a an the of for to in on at by with from into onto over under as is are was were be been being am do does did done
has have had will would should could can may might must shall i we you he she it they me us him her them this that
these those its their his your there here and or but not no nor so than then too very just also any some every each
own other another such who whom whose which what when where why how if while about against between through during
before after above below up down out off again once only same both few more most much many please want need needs
like let lets s t don ll re ve d m via per etc one two ones thing things something anything everything someone
anybody somebody everybody right now today yesterday tomorrow last next week month year lately recently currently
still already ever never got get gets getting
`;

const IRREGULAR = `
people person; men man; children child; sent send; paid pay; bought buy; sold sell; found find; left leave
ran run; began begin; made make; gave give; taken take; took take; written write
wrote write; held hold; lost lose; built build; spent spend; indices index
`;

const ABBREVIATIONS = `
pr pull_request; mr merge_request; repo repository; org organization; msg message; config configuration
env environment; auth authentication; db database; vm virtual_machine; ns namespace; svc service; acct account
info information; doc document; docs document; app application; admin administrator; dir directory; pwd password
addr address; num number; qty quantity; temp temporary; dev developer; prod production; param parameter
var variable; pic picture; img image; vid video; cert certificate; lb load_balancer; sub subscription
deps dependency; dep dependency; stats statistic; perms permission; perm permission; cal calendar; appt appointment
mtg meeting; tz timezone; k8s kubernetes; hpa horizontal_pod_autoscaler; pvc persistent_volume_claim
pv persistent_volume; sa service_account; cm config_map; txn transaction; tx transaction; inv invoice
sso single_sign_on; id identifier; url link; kv key_value; func function; lang language; desc description
ref reference; spec specification; ip address
`;

// Groups of words that may mean the same; `_` joins the words of a phrase. From all kinds of domains, not from a single
// API.
const GROUPS = `
person user people member account human colleague employee staff teammate individual somebody
customer client buyer shopper payer consumer; contact lead person prospect; user account login
group team crew squad; organization company business tenant enterprise workspace firm employer
owner maintainer proprietor; admin administrator; role permission privilege access right grant authorization
authority certificate; invite invitation; guest external outsider visitor invitation partner
follower subscriber watcher stargazer; participant attendee registrant guest invitee member audience
author creator writer; manager supervisor boss; agent assistant bot
login signin sign_in log_in authenticate authentication logon; logout signout sign_out log_out session
session login device; password passcode passphrase credential; token secret key credential
authenticator factor mfa 2fa two_factor second_factor; block ban blacklist suspend deny
deactivate disable suspend turn_off switch_off; activate enable turn_on switch_on; profile account bio
picture photo image avatar screenshot icon logo; screenshot attachment; name title
issue ticket bug defect problem task work_item story; incident outage issue alert emergency
task todo chore job to_do assignment; comment note remark annotation reply feedback; message post chat text
email mail message; conversation thread discussion chat channel; thread topic; channel room
notification alert inbox reminder; inbox message mail notification; attachment file upload; file document item blob
folder directory; page article document wiki post entry; article help_center help_centre knowledge_base
video recording clip footage film; audio sound recording voice; song track music tune
speaker device player playback; meeting call conference event; event appointment occurrence
calendar diary schedule agenda; appointment booking reservation slot; slot availability free_time
webinar seminar online_seminar; phone telephone number; call conversation; call dial ring; voicemail voice_mail
text sms message; transcript transcription caption subtitle; repository repo project codebase; project repository
branch ref reference; tag label category; milestone version release sprint iteration; version release revision
commit change revision; pull_request merge_request; code source content; contents file
deploy deployment rollout ship; pipeline workflow build ci action run; workflow automation rule; run execution job
runner agent worker; log audit history record trail activity; history activity timeline changelog revision
traffic view visit visitor page_view; visit view; statistic metric analytics stats insight traffic report
usage consumption used metered unit; webhook hook callback
server machine host instance vm node compute virtual_machine; virtual_machine vm instance server compute
container pod; command exec execute; web_service service; expose reachable public; ingress hostname route
volume disk storage block; storage space quota; snapshot backup image; backup snapshot dump; database db
network vpc subnet; ip address; domain hostname zone; dns record; subdomain record; firewall rule
certificate ssl tls; size plan tier; secret variable; environment variable
configuration config setting preference option; dropdown option choice pick_list select; money fund cash amount
balance fund money credit remaining; credit balance; price cost rate pricing
discount coupon promotion promo voucher reduction; subscription plan membership recurring; bill invoice statement
metered usage; refund reimburse money_back; dispute chargeback; payout withdrawal
payment charge purchase transaction pay; payment_method card; card credit_card; bank account institution; tax vat
receipt invoice; product item good article sku; order purchase
shipping delivery shipment; inventory stock; cart basket checkout; location place address store site
device laptop computer tablet; region zone datacenter data_center; language locale translation
stock holding fund security investment; timecard shift clock hours time_sheet; score rating review
survey questionnaire poll form; question answer; field column attribute property; record row entry item; table sheet
key id identifier; list collection; filter view segment; segment audience; template blueprint boilerplate
component part module; package dependency library; vulnerability security advisory; alert warning finding
cache cached; queue backlog; schedule cron timer recurring; cronjob scheduled_job; reaction emoji
status state health condition; progress status; limit quota; rule policy; release ship publish
trash recycle_bin bin deleted trashed removed; recycle_bin deleted; draft unpublished; link url; shortcut alias
embedding vector similar; moderation offensive harmful toxic abusive; spam abuse junk
language_model completion; passage chunk text; screen check; prune cleanup clean_up purge inactive; cleanup delete
me my mine myself authenticated_user current_user
delete remove destroy erase drop discard purge wipe clear get_rid_of throw_away take_away
remove kick expel eject exclude; remove unlink detach disconnect dissociate; revoke withdraw invalidate
create add insert make set_up build; create open start launch; create spin_up provision
create file submit report raise; create write compose draft; create register enroll sign_up
register sign_up enroll subscribe; update change edit modify adjust alter amend; update set configure
replace swap overwrite; rename name; list show enumerate; list all; get fetch retrieve read
search find look look_up look_for look_through; query search; cancel abort stop terminate
stop halt shut_down power_off; stop end finish; restart reboot; retry rerun run_again redo redeliver resend
pause suspend hold freeze; resume continue unpause; restore recover undelete bring_back; undo revert roll_back
archive shelve; move transfer relocate migrate; transfer owner ownership; copy duplicate clone fork; fork copy clone
sync synchronize synchronise up_to_date refresh; upstream original; merge combine join; split break divide
child sub nested; parent above; send deliver dispatch mail; send publish
reply answer respond; forward redirect; upload attach put; attach mount; detach unmount; download export save
import load; lock protect freeze; protect protection lock; approve accept confirm authorize; acknowledge confirm
reject decline refuse deny; deny decline; publish release; hide minimize; bookmark favorite star like save
follow watch subscribe; unsubscribe unfollow mute ignore; assign assignee responsible; validate verify check
verify confirm; compare diff difference; count number total; member count; finish complete close resolve
complete done; schedule plan book reserve; write_off uncollectible; hang_up end complete; capture collect
buy purchase order acquire; sell sale; absent absentee missing no_show; enter join; grant allow permit
connect link join associate; test try simulate ping; generate produce; rotate regenerate renew reset; renew extend
reset clear; scan analyze analysis; review approval; request ask; ask query question; watch monitor track
translate localize; tracker issue; failed failure error unsuccessful; pending open outstanding unfinished waiting
active live running current ongoing; old stale expired; hour time; deadline due; shared share collaboration
share collaborate collaboration link; escalation on_call; on_call oncall duty; pinned pin; lookup get
fight contest dispute counter evidence; earning income revenue payout; transition state status move
state status phase stage; boss manager; heated toxic spam; output log print printed; log worklog track record
work job labour labor; nightly cron schedule periodic recurring; night schedule; machine node
output result response; opened recent viewed; recent latest newest last; popular top trending best
kick_off trigger dispatch start; dispatch trigger; call_off cancel delete; try_again retry; give_back return refund
in_charge assignee assign responsible owner; discuss comment conversation; changed difference compare changes
off discount; code coupon promotion; web_address domain url website; site website web; wallet apple_pay google_pay
bulk batch mass many multiple; nickname alias display_name; weekly daily statistic
speed performance latency; health check probe; scale replicas resize; resize size scale; evict eviction drain
who_am_i myself me current_user; logged_in current_user myself authenticated_user; following watcher follower
rights permission; holiday vacation absence time_off out_of_office; out_of_office automatic_reply vacation
attach_file attachment; recap summary report; summary overview; insight report; license seat subscription
seat license; bill_to billing; debit charge; owe due balance outstanding; overdue past_due unpaid late
unpaid open outstanding; salary wage payroll; gift gift_card; loyalty reward point; tip gratuity; supplier vendor
shop store merchant location; merchant seller store; staff team_member employee; rota roster shift schedule
opening_hours business_hours; waiting_room lobby; breakout breakout_room; co_host host alternative_host
mute silence; presence online status availability; typing indicator; emoji sticker reaction; direct_message dm chat
server community; nick nickname; voice call; join_link invite; album record; artist band singer musician
show podcast series; episode podcast; listen play played; skip next; volume loudness; library saved collection
category genre tag; picture_of image draw; draw image generate; speak speech voice; dictation transcription
count_tokens token; cluster node; index collection; mapping schema; schema structure definition; document record
reindex copy; pod instance workload; namespace project tenant; config_map config; manifest definition
ssh_key key public_key; public_key key; cdn content_delivery; dns nameserver
`;

const WORD = /[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z][a-z0-9]*|[0-9]+[a-z]*|[\u00aa-\uffff]+/g;
// Words come from queries too: a client must not be able to fill the memory with made-up ones.
const MAX_STEMS = 50_000;

/** The words of a text in lower case: `userIds`, `user_ids` and `User IDs` are the same two. */
export function wordsOf(text: string): string[] {
  const words = text.match(WORD) ?? [];
  return words.map((word) => word.toLowerCase());
}

const irregular = new Map(groupsOf(IRREGULAR).map(([word = '', root = '']) => [word, root]));
const stops = new Set(STOP.trim().split(/\s+/));
const stems = new Map<string, string>();

/** The stems of the words of a text. */
export function stemsIn(text: string): string[] {
  const words = text.match(WORD) ?? [];
  return words.map(stem);
}

/** The stem of a word. It need not be a word; related words share it. */
export function stem(word: string): string {
  let known = stems.get(word);
  if (known === undefined) {
    const lower = word.toLowerCase();
    known = strip(irregular.get(lower) ?? lower);
    if (stems.size < MAX_STEMS) stems.set(word, known);
  }
  return known;
}

function strip(word: string): string {
  let rest = word;
  if (rest.length > 4 && rest.endsWith('ies')) rest = `${rest.slice(0, -3)}y`;
  else if (rest.length > 4 && /(ss|sh|ch|x|z)es$/.test(rest)) rest = rest.slice(0, -2);
  else if (rest.length > 3 && /[^su]s$/.test(rest)) rest = rest.slice(0, -1);
  if (rest.length > 5 && /(ing|ed)$/.test(rest)) {
    rest = rest.replace(/(ing|ed)$/, '');
    if (/([bdgklmnprt])\1$/.test(rest)) rest = rest.slice(0, -1);
  }
  return rest.length > 4 && rest.endsWith('e') ? rest.slice(0, -1) : rest;
}

/** Whether a word counts in a query. */
export function isContent(word: string): boolean {
  return !stops.has(word);
}

let thesaurus: Map<string, Variant[]> | undefined;

/** Synonyms of a word or phrase, given as its stems; undefined if the thesaurus does not have it. */
export function variantsOf(phrase: readonly string[]): readonly Variant[] | undefined {
  thesaurus ??= learn();
  return thesaurus.get(phrase.join(' '));
}

function learn(): Map<string, Variant[]> {
  const known = new Map<string, Variant[]>();
  const add = (from: string, to: string, weight: number): void => {
    const key = stemsOf(from).join(' ');
    const variants = known.get(key) ?? [];
    known.set(key, [...variants, { stems: stemsOf(to), weight }]);
  };
  for (const [short = '', long = ''] of groupsOf(ABBREVIATIONS)) add(short, long, ABBREVIATION);
  for (const group of groupsOf(GROUPS))
    for (const from of group) for (const to of group) if (from !== to) add(from, to, SYNONYM);
  return known;
}

function stemsOf(phrase: string): string[] {
  return phrase.split('_').map(stem);
}

function groupsOf(text: string): string[][] {
  const groups = text.trim().split(/;\s*|\n/);
  return groups.map((group) => group.trim().split(' '));
}
