// Passwords that everybody tries: our own list, of those with at least 12 characters, and what the others are made of.

const rows = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"];
const alphabet = "abcdefghijklmnopqrstuvwxyz";
const both = (text: string) => [text, [...text].toReversed().join("")];
/** Runs along the keyboard's rows (English, Italian, French), the digits and the alphabet, in both directions. */
export const sequences: readonly string[] = [...rows, "0123456789", alphabet].flatMap(both);

/** Words that most common passwords are made of, in the languages of the portal; without accents. */
export const commonWords: readonly string[] = `
  password pass word passwort passwd passphrase passw0rd parola segreto segreta motdepasse secret secrets
  welcome benvenuto benvenuta benvenuti bienvenue bienvenu willkommen hello ciao bonjour bonsoir salut buongiorno
  admin administrator amministratore administrateur root toor user utente utilisateur guest ospite invite
  login signin accesso connexion letmein openup opensesame changeme change cambiami changemoi default temp temporary
  test testing tester prova essai demo sample example esempio exemple
  qwerty qwertz azerty asdf zxcv qazwsx wsxedc edcrfv rfvtgb zaqwsx qweasd asdzxc
  iloveyou ilove loveyou love lovely tiamo teamo jetaime amore amour amor forever forlife
  monkey dragon master shadow sunshine princess princesse principessa football calcio baseball superman batman
  juventus inter milan napoli roma barcelona chelsea arsenal liverpool ferrari pokemon starwars minecraft
  summer winter spring autumn estate inverno primavera autunno ete hiver printemps automne
  january february march april june july august september october november december
  gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
  janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
  monday tuesday wednesday thursday friday saturday sunday lunedi martedi mercoledi giovedi venerdi sabato domenica
  lundi mardi mercredi jeudi vendredi samedi dimanche
  computer internet samsung iphone google facebook microsoft windows apple server office company azienda societe
  italia italy france francia paris parigi milano london londra rome torino firenze europe europa
  trustno secure security sicurezza securite protect private backup sophos partner portal portale portail snow
  family famiglia famille mother father mamma maman papa freedom liberty whatever nothing something
  mynameis thisis this that mine our your the are and for not
`
  .trim()
  .split(/\s+/);

/** Common ones that are not simply words and runs put together. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv !qaz2wsx#edc zaq12wsxcde3 qazwsxedcrfv
  q1w2e3r4t5y6 q1w2e3r4t5y6u7 qweasdzxc123 qweqweqwe123 1234qwer5678 1234qwerasdf qwer1234asdf asdf1234qwer
  a1b2c3d4e5f6 a1b2c3d4e5f6g7 1a2b3c4d5e6f aa123456789a abcd1234abcd 123qweasdzxc zxcvbnm123456 1qazxsw23edc
  correcthorsebatterystaple correct-horse-battery-staple
  unbelievable supercalifragilistic supercalifragilisticexpialidocious antidisestablishmentarianism
  chocolate123 butterfly123 basketball12 hellokitty123 michaeljordan manchesterunited realmadrid123 forzajuventus
  jesuschrist1 godisgood123 blink182blink metallica666 harrypotter1 lordoftherings gameofthrones
  precipitevolissimevolmente anticonstitutionnellement supercalifragilistichespiralidoso
  doudoudoudou loulouloulou nicolasnicolas camillecamille marseille13013 olympiquedemarseille parissaintgermain
  alessandro123 francesco123 giuseppe1234 valentina123 stefania1234 federica1234
  trustno1trustno1 ncc1701ncc1701 thx1138thx1138 fuckyoufuckyou fuckoffasshole
`
    .trim()
    .split(/\s+/),
);
